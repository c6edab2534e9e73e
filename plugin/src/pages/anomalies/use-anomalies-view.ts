import { locationService } from '@grafana/runtime';
import { useCallback, useMemo } from 'react';
import { useLocation } from 'react-router';
import { parseView, viewQuery, type AnomaliesView } from './anomalies-url';

/** What the address says is shown, and how to change it. Typing replaces the entry of the history, a choice adds one. */
export function useAnomaliesView(): [AnomaliesView, (change: Partial<AnomaliesView>) => void] {
  const { search } = useLocation();
  const view = useMemo(() => parseView(search), [search]);
  const change = useCallback((part: Partial<AnomaliesView>) => {
    const now = parseView(locationService.getSearch().toString());
    locationService.partial(viewQuery({ ...now, ...part }), 'q' in part);
  }, []);
  return [view, change];
}
