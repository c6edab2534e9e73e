import { TextDecoder, TextEncoder } from 'node:util';

/** What browsers have, jsdom has not, and @grafana/* wants already when it is loaded. */
const matchMedia = (media: string) => ({
  media,
  matches: false,
  addEventListener: () => undefined,
  removeEventListener: () => undefined,
});
class NoObserver {
  observe() {}
  unobserve() {}
  disconnect() {}
}

Object.assign(globalThis, {
  TextDecoder,
  TextEncoder,
  matchMedia,
  IntersectionObserver: NoObserver,
  ResizeObserver: NoObserver,
});
