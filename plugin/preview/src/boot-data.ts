import type { AppPluginMeta, DataSourceInstanceSettings, PanelPluginMeta, PluginMeta } from '@grafana/data';

/** What the server gives the page to start with; see agent/src/http/preview/boot-data.ts. */
export type BootData = {
  user: { orgRole: 'Viewer' | 'Editor' | 'Admin'; theme: 'dark' | 'light'; language: string };
  settings: {
    appSubUrl: string;
    apps: Record<string, AppPluginMeta>;
    panels: Record<string, PanelPluginMeta>;
    datasources: Record<string, DataSourceInstanceSettings>;
  };
  /** Every plugin of the app: itself first, then those nested in it. */
  metas: PluginMeta[];
};

declare global {
  interface Window {
    grafanaBootData?: unknown;
    __grafana_public_path__?: string;
  }
}

export const bootData = (): BootData => window.grafanaBootData as BootData;
