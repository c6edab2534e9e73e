import { Card, Stack } from '@grafana/ui';
import { useMemo } from 'react';
import { history } from '../chrome/history';
import { Loaded } from '../chrome/Loaded';
import { PreviewPluginPage } from '../chrome/PreviewPluginPage';
import { readDashboards } from '../dashboard/model';

/** `/dashboards`: those that the app brings along. */
export function DashboardsRoute() {
  const load = useMemo(() => readDashboards(), []);
  return (
    <PreviewPluginPage
      pageNav={{ text: 'Dashboards' }}
      subTitle="Those of the app, drawn simply: Grafana's own panels have stand-ins here."
    >
      <Loaded load={load}>
        {(dashboards) => (
          <Stack direction="column" gap={1}>
            {dashboards.map(({ uid, title, description }) => (
              <Card key={uid} noMargin href={history.createHref({ pathname: `/d/${uid}` })}>
                <Card.Heading>{title}</Card.Heading>
                <Card.Description>{description}</Card.Description>
              </Card>
            ))}
          </Stack>
        )}
      </Loaded>
    </PreviewPluginPage>
  );
}
