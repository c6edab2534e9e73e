import { css } from '@emotion/css';
import type { GrafanaTheme2 } from '@grafana/data';
import { t, Trans } from '@grafana/i18n';
import { useStyles2 } from '@grafana/ui';
import { useCallback } from 'react';
import type { AgentClient, HpaKey } from '../../api/agent-client';
import { useAgentData } from '../../api/use-agent-data';
import { ProblemNotice } from '../../view/ProblemNotice';
import { Skeleton } from '../../view/Skeleton';
import { TEST_IDS } from '../../view/test-ids';
import { TimelineList } from '../../view/TimelineList';
import { useNow } from '../../view/use-now';
import { PastAnomalies } from './PastAnomalies';

type Props = { client: AgentClient; hpaKey: HpaKey; onAnomaly: (id: string) => void };

const DAYS = 30;
const SPAN_MS = DAYS * 24 * 60 * 60_000;
const EVERY_MS = 60_000;
const MOST_ANOMALIES = 200;

/** What was done to it and what went wrong, the newest first. */
export function HistoryTab({ client, hpaKey: { cluster, namespace, hpa }, onAnomaly }: Props) {
  const styles = useStyles2(getStyles);
  const now = useNow(60_000);
  const read = useCallback(
    async (signal: AbortSignal) => {
      const key = { cluster, namespace, hpa };
      const from = new Date(Date.now() - SPAN_MS).toISOString();
      const [{ changes }, { anomalies, total }] = await Promise.all([
        client.changes(key, { from }, signal),
        client.anomalies({ ...key, from, state: 'firing,resolved', limit: MOST_ANOMALIES }, signal),
      ]);
      return { changes, anomalies, total };
    },
    [client, cluster, namespace, hpa],
  );
  const { data, problem, at, reload } = useAgentData(read, EVERY_MS);
  const entries = (data?.changes ?? [])
    .map(({ at: when, kind, sentence }) => ({ at: Date.parse(when), kind, text: sentence }))
    .reverse();
  return (
    <div className={styles.tab} data-testid={TEST_IDS.hpa.history}>
      {problem && <ProblemNotice problem={problem} staleSince={data === null ? null : at} onRetry={reload} />}
      {data === null && problem === null && (
        <Skeleton
          testId={TEST_IDS.hpa.skeleton}
          label={t('hpa.loading-history', 'Reading the history')}
          heights={[40]}
        />
      )}
      {data && (
        <div className={styles.columns}>
          <section>
            <h2 className={styles.title}>
              {t('history.anomalies', 'Anomalies of the last {{days}} days ({{count}})', {
                days: DAYS,
                count: data.total,
              })}
            </h2>
            <PastAnomalies anomalies={data.anomalies} now={now} onAnomaly={onAnomaly} />
          </section>
          <section>
            <h2 className={styles.title}>
              <Trans i18nKey="history.changes">Configuration and rollouts</Trans>
            </h2>
            {entries.length === 0 ? (
              <p className={styles.none}>
                <Trans i18nKey="history.no-changes">Nothing was changed in this time.</Trans>
              </p>
            ) : (
              <TimelineList entries={entries} now={now} />
            )}
          </section>
        </div>
      )}
    </div>
  );
}

const getStyles = (theme: GrafanaTheme2) => ({
  tab: css({ display: 'flex', flexDirection: 'column', gap: theme.spacing(2) }),
  columns: css({
    display: 'grid',
    gridTemplateColumns: 'repeat(auto-fit, minmax(min(400px, 100%), 1fr))',
    gap: theme.spacing(4),
  }),
  title: css({ fontSize: theme.typography.h5.fontSize, marginBottom: theme.spacing(1) }),
  none: css({ color: theme.colors.text.secondary }),
});
