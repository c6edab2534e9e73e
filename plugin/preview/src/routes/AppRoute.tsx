import type { AppPlugin } from '@grafana/data';
import { Alert } from '@grafana/ui';
import { useMemo } from 'react';
import { useLocation, useParams } from 'host-router';
import { locationSearchToObject } from '@grafana/runtime';
import { Loaded } from '../chrome/Loaded';
import { loadPlugin } from '../load-plugin';

/** `/a/<app>/...`: the root page of the app, from its bundle. */
export function AppRoute() {
  const { pluginId = '' } = useParams();
  const { pathname, search } = useLocation();
  const load = useMemo(() => loadPlugin<AppPlugin>(pluginId), [pluginId]);
  return (
    <Loaded load={load}>
      {(app) => {
        const Root = app.root;
        if (Root === undefined) return <Alert title={`${app.meta.name} has no page`} />;
        return (
          <Root
            meta={app.meta}
            basename={`/a/${pluginId}`}
            path={pathname}
            query={locationSearchToObject(search)}
            onNavChanged={() => undefined}
          />
        );
      }}
    </Loaded>
  );
}
