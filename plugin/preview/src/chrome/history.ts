import { locationService } from '@grafana/runtime';
import type { Location, NavigationType, Navigator } from 'host-router';

/** The history of @grafana/runtime, as far as it is needed; its package brings no types for it. */
type History = Navigator & {
  location: Location;
  action: NavigationType;
  listen(changed: () => void): () => void;
};

export const history = locationService.getHistory() as History;
