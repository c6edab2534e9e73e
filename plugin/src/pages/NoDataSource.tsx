import { PluginPage, config } from '@grafana/runtime';
import { t, Trans } from '@grafana/i18n';
import { EmptyState, LinkButton } from '@grafana/ui';
import { OrgRole } from '@grafana/data';
import { newDataSourceUrl } from '../view/links';
import { TEST_IDS } from '../view/test-ids';

/** Nothing can be shown before Grafana knows where the agent is. Only an administrator can tell it. */
export function NoDataSource() {
  const { orgRole, isGrafanaAdmin } = config.bootData.user;
  const mayAdd = isGrafanaAdmin === true || orgRole === OrgRole.Admin;
  return (
    <PluginPage>
      <div data-testid={TEST_IDS.noDataSource}>
        <EmptyState
          variant="call-to-action"
          message={t('no-data-source.title', 'Grafana does not know your HPA Watch agent yet')}
          button={
            mayAdd ? (
              <LinkButton icon="plus" size="lg" href={newDataSourceUrl()}>
                <Trans i18nKey="no-data-source.add">Add the data source</Trans>
              </LinkButton>
            ) : undefined
          }
        >
          {mayAdd ? (
            <Trans i18nKey="no-data-source.text">
              Start the agent (<code>hpa-watch serve</code>), then add a data source of type HPA Watch with its address
              and the token that it prints at its start.
            </Trans>
          ) : (
            <Trans i18nKey="no-data-source.ask">
              Ask an administrator of this Grafana to add a data source of type HPA Watch: it holds the address of the
              agent and its token.
            </Trans>
          )}
        </EmptyState>
      </div>
    </PluginPage>
  );
}
