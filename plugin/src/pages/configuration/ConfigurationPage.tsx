import { css } from '@emotion/css';
import type { AppPluginMeta, GrafanaTheme2, PluginConfigPageProps } from '@grafana/data';
import { t, Trans } from '@grafana/i18n';
import { Alert, Button, Combobox, EmptyState, Field, LinkButton, Stack, useStyles2 } from '@grafana/ui';
import { useState } from 'react';
import { agentDataSources } from '../../api/data-source';
import { toProblem, type AgentProblem } from '../../api/problem';
import { dataSourceUrl, newDataSourceUrl } from '../../view/links';
import { problemText } from '../../view/problem-text';
import { TEST_IDS } from '../../view/test-ids';
import { saveDataSource, type AppSettings } from './save-settings';
import { StepList } from './StepList';
import { useConnectionTest } from './use-connection-test';

/** "Does Grafana reach the agent?" Stands in Grafana's own page of the plugin, so it brings no frame. */
export default function ConfigurationPage({ plugin }: PluginConfigPageProps<AppPluginMeta<AppSettings>>) {
  const { meta } = plugin;
  const styles = useStyles2(getStyles);
  const sources = agentDataSources();
  const saved = meta.jsonData?.dataSourceUid ?? null;
  const inUse = sources.find(({ uid }) => uid === saved) ?? sources[0] ?? null;
  const [uid, setUid] = useState(inUse?.uid ?? null);
  const [problem, setProblem] = useState<AgentProblem | null>(null);
  const [isSaving, setIsSaving] = useState(false);
  const chosen = sources.find((one) => one.uid === uid) ?? null;
  const { results, isRunning, again } = useConnectionTest(chosen?.url ?? null);

  const save = async (): Promise<void> => {
    if (uid === null) return;
    setIsSaving(true);
    try {
      await saveDataSource(meta, uid);
      // Grafana reads an app's settings only when it loads.
      window.location.reload();
    } catch (error) {
      setProblem(toProblem(error));
      setIsSaving(false);
    }
  };

  if (chosen === null)
    return (
      <div data-testid={TEST_IDS.configuration.page}>
        <EmptyState
          variant="call-to-action"
          message={t('configuration.none', 'There is no data source of HPA Watch yet')}
          button={
            <LinkButton icon="plus" size="lg" href={newDataSourceUrl()}>
              <Trans i18nKey="configuration.add">Add the data source</Trans>
            </LinkButton>
          }
        >
          <Trans i18nKey="configuration.none-text">It holds the address of the agent and its token.</Trans>
        </EmptyState>
      </div>
    );
  return (
    <div className={styles.page} data-testid={TEST_IDS.configuration.page}>
      <section className={styles.part}>
        <Field
          label={t('configuration.picker', 'Data source')}
          description={t('configuration.picker-text', 'The pages of the app read the agent of this data source.')}
          htmlFor="configuration-source"
          className={styles.field}
        >
          <Combobox
            id="configuration-source"
            data-testid={TEST_IDS.configuration.picker}
            options={sources.map((one) => ({ value: one.uid, label: one.name }))}
            value={uid}
            onChange={({ value }) => setUid(value)}
          />
        </Field>
        <Stack direction="row" gap={1} wrap="wrap">
          <Button
            onClick={() => void save()}
            disabled={isSaving || uid === saved}
            data-testid={TEST_IDS.configuration.save}
          >
            <Trans i18nKey="configuration.save">Save</Trans>
          </Button>
          <LinkButton variant="secondary" icon="cog" href={dataSourceUrl(chosen.uid)}>
            <Trans i18nKey="configuration.settings">Address and token</Trans>
          </LinkButton>
        </Stack>
        {problem && (
          <Alert severity="error" title={problemText(problem.kind).title}>
            {problem.message}
          </Alert>
        )}
      </section>
      <section className={styles.part} aria-label={t('configuration.test', 'Test of the connection')}>
        <div className={styles.head}>
          <h3 className={styles.heading}>
            <Trans i18nKey="configuration.test-title">Does Grafana reach the agent?</Trans>
          </h3>
          <Button
            variant="secondary"
            size="sm"
            icon="sync"
            onClick={again}
            disabled={isRunning}
            data-testid={TEST_IDS.configuration.test}
          >
            <Trans i18nKey="configuration.again">Test again</Trans>
          </Button>
        </div>
        <StepList results={results} />
      </section>
    </div>
  );
}

const getStyles = (theme: GrafanaTheme2) => ({
  page: css({
    display: 'flex',
    flexDirection: 'column',
    gap: theme.spacing(4),
    paddingTop: theme.spacing(2),
    maxWidth: theme.breakpoints.values.md,
  }),
  part: css({ display: 'flex', flexDirection: 'column', gap: theme.spacing(1) }),
  field: css({ maxWidth: theme.spacing(55) }),
  head: css({ display: 'flex', alignItems: 'center', justifyContent: 'space-between', gap: theme.spacing(2) }),
  heading: css({ margin: 0, fontSize: theme.typography.h4.fontSize }),
});
