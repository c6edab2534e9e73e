import amdModule from 'amd-module';

// Chunks are loaded from where module.js came from: a Grafana under a sub-path or a CDN serves it elsewhere than /public/plugins.
const uri = amdModule?.uri;
if (uri !== undefined) __webpack_public_path__ = uri.slice(0, uri.lastIndexOf('/') + 1);
