import { config, LocationServiceProvider, locationService } from '@grafana/runtime';
import { ErrorBoundaryAlert, GlobalStyles, ModalRoot, ModalsProvider, PortalContainer } from '@grafana/ui';
import { Global } from '@emotion/react';
import { ThemeContext } from '@grafana/data';
import { useSyncExternalStore } from 'react';
import { Navigate, Route, Router, Routes } from 'host-router';
import { AppRoute } from '../routes/AppRoute';
import { ConfigRoute } from '../routes/ConfigRoute';
import { DashboardRoute } from '../routes/DashboardRoute';
import { DashboardsRoute } from '../routes/DashboardsRoute';
import { DataSourceRoute } from '../routes/DataSourceRoute';
import { ExploreRoute } from '../routes/ExploreRoute';
import { NotHereRoute } from '../routes/NotHereRoute';
import { PanelsRoute } from '../routes/PanelsRoute';
import { history } from './history';
import { HOME } from './nav';
import { Notices } from './Notices';
import { Shell } from './Shell';

const subscribe = (changed: () => void) => history.listen(changed);

/** Grafana's routes, as far as the app has to do with them, on the history that its bundle uses. */
export function Host() {
  const location = useSyncExternalStore(subscribe, () => history.location);
  return (
    <ThemeContext.Provider value={config.theme2}>
      <GlobalStyles />
      <Global styles={{ body: { margin: 0 } }} />
      <LocationServiceProvider service={locationService}>
        <Router navigator={history} location={location} navigationType={history.action}>
          <ModalsProvider>
            <Shell>
              <ErrorBoundaryAlert key={location.pathname}>
                <Routes>
                  <Route path="/a/:pluginId/*" element={<AppRoute />} />
                  <Route path="/plugins/:pluginId" element={<ConfigRoute />} />
                  <Route path="/dashboards" element={<DashboardsRoute />} />
                  <Route path="/d/:uid/*" element={<DashboardRoute />} />
                  <Route path="/panels" element={<PanelsRoute />} />
                  <Route path="/explore" element={<ExploreRoute />} />
                  <Route path="/connections/datasources/edit/:uid" element={<DataSourceRoute />} />
                  <Route path="/" element={<Navigate to={HOME} replace />} />
                  <Route path="*" element={<NotHereRoute />} />
                </Routes>
              </ErrorBoundaryAlert>
            </Shell>
            <ModalRoot />
          </ModalsProvider>
        </Router>
      </LocationServiceProvider>
      <Notices />
      <PortalContainer />
    </ThemeContext.Provider>
  );
}
