import { useMemo } from 'react';
import { useParams } from 'host-router';
import { Loaded } from '../chrome/Loaded';
import { DashboardView } from '../dashboard/DashboardView';
import { readDashboard } from '../dashboard/model';

/** `/d/<uid>`: a dashboard of the app. */
export function DashboardRoute() {
  const { uid = '' } = useParams();
  const load = useMemo(() => readDashboard(uid), [uid]);
  return <Loaded load={load}>{(dashboard) => <DashboardView key={uid} dashboard={dashboard} />}</Loaded>;
}
