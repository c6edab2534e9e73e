declare module 'systemjs/dist/system.js';
declare module 'systemjs/dist/extras/amd.js';
declare module 'd3' {
  const everything: object;
  export = everything;
}

declare const System: {
  import<T>(url: string): Promise<T>;
  set(id: string, module: object): void;
  addImportMap(map: { imports: Record<string, string> }): void;
};

declare module 'runtime-inside/plugin-page' {
  import type { PluginPageProps } from '@grafana/runtime';
  import type { ComponentType } from 'react';
  export function setPluginPage(component: ComponentType<PluginPageProps>): void;
}
declare module 'runtime-inside/panel-data-error-view' {
  import type { PanelDataErrorViewProps } from '@grafana/runtime';
  import type { ComponentType } from 'react';
  export function setPanelDataErrorView(component: ComponentType<PanelDataErrorViewProps>): void;
}
declare module 'host-router' {
  export * from 'react-router';
}
