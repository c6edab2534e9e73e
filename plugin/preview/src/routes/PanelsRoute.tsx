import { useMemo } from 'react';
import { Loaded } from '../chrome/Loaded';
import { panelShow } from '../dashboard/panel-show';
import { DashboardView } from '../dashboard/DashboardView';

/** `/panels`: each panel of the app by itself, as on a new dashboard. */
export function PanelsRoute() {
  const load = useMemo(() => Promise.resolve(panelShow()), []);
  return <Loaded load={load}>{(dashboard) => <DashboardView dashboard={dashboard} />}</Loaded>;
}
