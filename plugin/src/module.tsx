import './public-path';
import { AppPlugin, type AppPluginMeta, type AppRootProps, type PluginConfigPageProps } from '@grafana/data';
import { initPluginTranslations } from '@grafana/i18n';
import { LoadingPlaceholder } from '@grafana/ui';
import { lazy, Suspense } from 'react';
import { APP_ID } from './ids';
import { loadResources } from './locales/load';

await initPluginTranslations(APP_ID, [loadResources]);

const LazyApp = lazy(() => import('./pages/App'));
const LazyConfiguration = lazy(() => import('./pages/configuration/ConfigurationPage'));

const Waiting = () => <LoadingPlaceholder text="" />;

const Root = (props: AppRootProps) => (
  <Suspense fallback={<Waiting />}>
    <LazyApp {...props} />
  </Suspense>
);

const Configuration = (props: PluginConfigPageProps<AppPluginMeta>) => (
  <Suspense fallback={<Waiting />}>
    <LazyConfiguration {...props} />
  </Suspense>
);

export const plugin = new AppPlugin().setRootPage(Root).addConfigPage({
  title: 'Connection',
  icon: 'plug',
  body: Configuration,
  id: 'connection',
});
