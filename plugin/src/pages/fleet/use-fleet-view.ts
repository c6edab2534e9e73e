import { locationService } from '@grafana/runtime';
import { useCallback, useMemo } from 'react';
import { useLocation } from 'react-router';
import { parseView, viewQuery, type FleetView } from './fleet-url';

/** What the address says is shown, and how to change it. Typing replaces the entry of the history, a choice adds one. */
export function useFleetView(): [FleetView, (change: Partial<FleetView>) => void] {
  const { search } = useLocation();
  const view = useMemo(() => parseView(search), [search]);
  const change = useCallback((part: Partial<FleetView>) => {
    const now = parseView(locationService.getSearch().toString());
    locationService.partial(viewQuery({ ...now, ...part }), 'q' in part);
  }, []);
  return [view, change];
}
