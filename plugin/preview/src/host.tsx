import { EventBusSrv, locationUtil } from '@grafana/data';
import { initPluginTranslations } from '@grafana/i18n';
import {
  config,
  locationService,
  setAppEvents,
  setBackendSrv,
  setDataSourceSrv,
  setLocationSrv,
  setPluginLinksHook,
  setRunRequest,
  setTemplateSrv,
} from '@grafana/runtime';
import i18next from 'i18next';
import { createRoot } from 'react-dom/client';
import { initReactI18next } from 'react-i18next';
import { setPanelDataErrorView } from 'runtime-inside/panel-data-error-view';
import { setPluginPage } from 'runtime-inside/plugin-page';
import { bootData } from './boot-data';
import { Host } from './chrome/Host';
import { interceptLinks } from './chrome/intercept-links';
import { NoDataView } from './chrome/NoDataView';
import { PreviewPluginPage } from './chrome/PreviewPluginPage';
import { fillRegistries } from './dashboard/registries';
import { backendSrv } from './services/backend-srv';
import { dataSourceSrv } from './services/data-source-srv';
import { runRequest } from './services/run-request';
import { templateSrv } from './services/template-srv';
import { shareModules } from './shared-modules';

/** Stands where Grafana's core does: gives @grafana/runtime its services, then shows the page. */
export async function start(): Promise<void> {
  const { language } = bootData().user;
  await i18next.use(initReactI18next).init({
    lng: language,
    fallbackLng: 'en-US',
    supportedLngs: ['en-US', 'pt-BR'],
    // A language counts as spoken once a text of it is there; plugins ask which is spoken before they bring theirs.
    resources: { [language]: { translation: { language } } },
    returnEmptyString: false,
    showSupportNotice: false,
  });
  await initPluginTranslations('hpa-watch-preview');
  shareModules();
  fillRegistries();
  // Links of dashboards begin at Grafana's root, which is below a path here; what would add variables or a range is asked for by none.
  locationUtil.initialize({
    config: config as never,
    getVariablesUrlParams: () => ({}),
    getTimeRangeForUrl: () => ({ from: 'now-6h', to: 'now' }),
  });
  setAppEvents(new EventBusSrv());
  setBackendSrv(backendSrv);
  setTemplateSrv(templateSrv);
  setDataSourceSrv(dataSourceSrv);
  setLocationSrv(locationService);
  setRunRequest(runRequest);
  setPluginLinksHook(() => ({ links: [], isLoading: false }));
  setPluginPage(PreviewPluginPage);
  setPanelDataErrorView(NoDataView);
  interceptLinks();
  const root = document.getElementById('root');
  if (root === null) throw new Error('index.html has no #root');
  createRoot(root).render(<Host />);
}
