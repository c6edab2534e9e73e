import type { Compiler } from 'webpack';

/** A webpack plugin that puts files made by the build beside the bundle: path -> content. */
export class EmitFiles {
  readonly files: ReadonlyMap<string, string>;

  constructor(files: ReadonlyMap<string, string>) {
    this.files = files;
  }

  apply(compiler: Compiler): void {
    const { RawSource } = compiler.webpack.sources;
    compiler.hooks.thisCompilation.tap('EmitFiles', (compilation) => {
      const stage = compiler.webpack.Compilation.PROCESS_ASSETS_STAGE_ADDITIONAL;
      compilation.hooks.processAssets.tap({ name: 'EmitFiles', stage }, () => {
        for (const [path, content] of this.files) compilation.emitAsset(path, new RawSource(content));
      });
    });
  }
}
