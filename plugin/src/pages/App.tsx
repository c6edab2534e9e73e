import type { AppRootProps } from '@grafana/data';
import { LoadingPlaceholder } from '@grafana/ui';
import { lazy, Suspense, useMemo } from 'react';
import { Navigate, Route, Routes, useLocation } from 'react-router';
import { agentOrProblem } from '../api/agent';
import { AgentProblem } from '../api/problem';
import { APP_URL } from '../ids';
import { PageBoundary } from '../view/PageBoundary';
import { AgentProvider } from './agent-context';
import { NoDataSource } from './NoDataSource';

const FleetPage = lazy(() => import('./fleet/FleetPage'));
const HpaPage = lazy(() => import('./hpa/HpaPage'));
const AnomaliesPage = lazy(() => import('./anomalies/AnomaliesPage'));
const SchedulePage = lazy(() => import('./schedule/SchedulePage'));
const EnrolPage = lazy(() => import('./enrol/EnrolPage'));

type Settings = { dataSourceUid?: string };

export default function App({ meta }: AppRootProps<Settings>) {
  const uid = meta.jsonData?.dataSourceUid ?? null;
  const { pathname } = useLocation();
  const agent = useMemo(() => agentOrProblem(uid), [uid]);
  if (agent instanceof AgentProblem) return <NoDataSource />;
  return (
    <AgentProvider agent={agent}>
      <PageBoundary place={pathname}>
        <Suspense fallback={<LoadingPlaceholder text="" />}>
          <Routes>
            <Route path="fleet" element={<FleetPage />} />
            <Route path="hpa/:cluster/:namespace/:hpa" element={<HpaPage />} />
            <Route path="anomalies" element={<AnomaliesPage />} />
            <Route path="schedule" element={<SchedulePage />} />
            <Route path="enrol" element={<EnrolPage />} />
            <Route path="*" element={<Navigate to={`${APP_URL}/fleet`} replace />} />
          </Routes>
        </Suspense>
      </PageBoundary>
    </AgentProvider>
  );
}
