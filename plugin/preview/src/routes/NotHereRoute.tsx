import { EmptyState, LinkButton } from '@grafana/ui';
import { useLocation } from 'host-router';
import { PreviewPluginPage } from '../chrome/PreviewPluginPage';
import { HOME } from '../chrome/nav';
import { history } from '../chrome/history';

/** What Grafana has at this address, the preview has not. */
export function NotHereRoute() {
  const { pathname } = useLocation();
  return (
    <PreviewPluginPage pageNav={{ text: 'Not in the preview' }}>
      <EmptyState
        variant="not-found"
        message={`${pathname} is a page of Grafana itself`}
        button={<LinkButton href={history.createHref({ pathname: HOME })}>Back to the app</LinkButton>}
      >
        The preview shows the pages, panels and dashboards of the app; everything else needs a Grafana.
      </EmptyState>
    </PreviewPluginPage>
  );
}
