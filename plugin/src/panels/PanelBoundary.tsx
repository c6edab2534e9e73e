import { t } from '@grafana/i18n';
import { Alert, ErrorBoundary } from '@grafana/ui';
import type { ReactNode } from 'react';
import { TEST_IDS } from '../view/test-ids';

/** A panel that breaks says so in its own place; the dashboard goes on. */
export const PanelBoundary = ({ children }: { children: ReactNode }) => (
  <ErrorBoundary boundaryName="hpawatch-panel">
    {({ error }) =>
      error === null ? (
        children
      ) : (
        <Alert
          severity="error"
          title={t('panel.broken', 'This panel of HPA Watch stopped working')}
          data-testid={TEST_IDS.panel.broken}
        >
          {error.message}
        </Alert>
      )
    }
  </ErrorBoundary>
);
