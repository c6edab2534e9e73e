import { t, Trans } from '@grafana/i18n';
import { Alert, Button, ErrorBoundary, Stack, Text } from '@grafana/ui';
import type { ReactNode } from 'react';
import { TEST_IDS } from './test-ids';

type Props = {
  children: ReactNode;
  /** Tells one page from another: a page that failed does not take the next one with it. */
  place: string;
};

/** A page that breaks says so in its own place; the navigation and all other pages go on. */
export const PageBoundary = ({ children, place }: Props) => (
  <ErrorBoundary boundaryName="hpawatch-page" dependencies={[place]}>
    {({ error }) => (error === null ? children : <BrokenPage error={error} />)}
  </ErrorBoundary>
);

const BrokenPage = ({ error }: { error: Error }) => (
  <Alert
    severity="error"
    title={t('boundary.title', 'This page of HPA Watch stopped working')}
    data-testid={TEST_IDS.boundary}
  >
    <Stack direction="row" gap={2} alignItems="center" justifyContent="space-between" wrap="wrap">
      <Stack direction="column" gap={0.5}>
        <span>
          <Trans i18nKey="boundary.text">
            This is a mistake in the plugin, not in your clusters: the agent goes on watching. Please report the line
            below.
          </Trans>
        </span>
        <Text variant="code">{error.message}</Text>
      </Stack>
      <Button variant="secondary" size="sm" icon="sync" onClick={() => window.location.reload()}>
        <Trans i18nKey="boundary.reload">Load the page again</Trans>
      </Button>
    </Stack>
  </Alert>
);
