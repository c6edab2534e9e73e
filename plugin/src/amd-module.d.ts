/** What an AMD loader passes to a module: its own address. */
declare module 'amd-module' {
  const module: { uri?: string } | undefined;
  export default module;
}
declare let __webpack_public_path__: string;
