import { locationService } from '@grafana/runtime';
import { useCallback, useMemo } from 'react';
import { useLocation } from 'react-router';
import { hpaViewQuery, parseHpaView, type HpaView } from './hpa-url';

/** What the address says is shown, and how to change it. */
export function useHpaView(): [HpaView, (change: Partial<HpaView>) => void] {
  const { search } = useLocation();
  const view = useMemo(() => parseHpaView(search), [search]);
  const change = useCallback((part: Partial<HpaView>) => {
    const now = parseHpaView(locationService.getSearch().toString());
    locationService.partial(hpaViewQuery({ ...now, ...part }));
  }, []);
  return [view, change];
}
