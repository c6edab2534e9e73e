import { PluginPage } from '@grafana/runtime';
import { t, Trans } from '@grafana/i18n';
import { EmptyState, LinkButton } from '@grafana/ui';
import { DATASOURCE_TYPE } from '../ids';

/** Nothing can be shown before Grafana knows where the agent is. */
export const NoDataSource = () => (
  <PluginPage>
    <EmptyState
      variant="call-to-action"
      message={t('no-data-source.title', 'Grafana does not know your HPA Watch agent yet')}
      button={
        <LinkButton icon="plus" href={`/connections/datasources/${DATASOURCE_TYPE}`}>
          <Trans i18nKey="no-data-source.add">Add the data source</Trans>
        </LinkButton>
      }
    >
      <Trans i18nKey="no-data-source.text">
        Add a data source of type HPA Watch with the address of the agent and its token, then come back.
      </Trans>
    </EmptyState>
  </PluginPage>
);
