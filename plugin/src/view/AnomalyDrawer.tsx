import { css } from '@emotion/css';
import type { GrafanaTheme2 } from '@grafana/data';
import { t, Trans } from '@grafana/i18n';
import { Drawer, Icon, LoadingPlaceholder, Stack, TextLink, useStyles2 } from '@grafana/ui';
import type { AnomalyView, ChangeView } from '@hpa-watch/agent/contract';
import { useCallback, useState, type ReactNode } from 'react';
import type { AgentClient } from '../api/agent-client';
import { prometheusUid } from '../api/prometheus-source';
import { useAction } from '../api/use-action';
import { useAgentData } from '../api/use-agent-data';
import { ActionNotice } from './ActionNotice';
import { AnomalyActions } from './AnomalyActions';
import { AnomalyFacts } from './AnomalyFacts';
import { timelineOf, timelineSpan } from './anomaly-timeline';
import { anomalyUrl, exploreUrl } from './links';
import { ProblemNotice } from './ProblemNotice';
import { PromqlBlock } from './PromqlBlock';
import { SeverityBadge } from './severity';
import { TEST_IDS } from './test-ids';
import { TimelineList } from './TimelineList';

type Props = {
  anomaly: AnomalyView;
  client: AgentClient;
  /** Without it nothing that changes anything is offered. */
  canEdit: boolean;
  /** Epoch ms. */
  now: number;
  /** Offers the way to the page of its HPA; not wanted there. */
  linksToHpa?: boolean;
  onClose: () => void;
  /** The anomaly after something was done to it: the page puts it in its list and gives it back. */
  onChanged: (anomaly: AnomalyView) => void;
  /** Something of its HPA changed (mute, new normal). */
  onHpaChanged?: () => void;
};

type Beside = { changes: ChangeView[]; mutedUntil: string | null; normalSince: string | null };

/** One anomaly: what is wrong, what is usual, what changed, the query that shows it, and what a person can do. */
export const AnomalyDrawer = (props: Props) => <DrawerOfOne key={props.anomaly.id} {...props} />;

function DrawerOfOne(props: Props) {
  const { anomaly, client, canEdit, now, linksToHpa = false, onClose, onChanged, onHpaChanged } = props;
  const styles = useStyles2(getStyles);
  const { beside, problem, isLoading, reload, set } = useBeside(client, anomaly, now);
  const action = useAction();
  const prometheus = prometheusUid();
  const span = timelineSpan(anomaly, now);
  const changed = (patch: Partial<Beside>): void => {
    set(patch);
    onHpaChanged?.();
  };
  return (
    <Drawer
      title={`${anomaly.namespace}/${anomaly.hpa}`}
      subtitle={
        <Stack direction="row" gap={2} alignItems="center">
          <SeverityBadge severity={anomaly.severity} />
          <span>{anomaly.cluster}</span>
          {linksToHpa && (
            <TextLink href={anomalyUrl(anomaly)} inline={false}>
              {t('anomaly.open-hpa', 'Open the HPA')}
            </TextLink>
          )}
        </Stack>
      }
      size="md"
      onClose={onClose}
    >
      <div className={styles.body} data-testid={TEST_IDS.drawer.root} data-anomaly={anomaly.id}>
        <p className={styles.sentence} data-testid={TEST_IDS.drawer.sentence}>
          {anomaly.sentence}
        </p>
        {anomaly.advice !== null && (
          <p className={styles.advice}>
            <Icon name="arrow-right" /> {anomaly.advice}
          </p>
        )}
        {canEdit && (
          <AnomalyActions
            anomaly={anomaly}
            client={client}
            mutedUntil={beside?.mutedUntil ?? null}
            normalSince={beside?.normalSince ?? null}
            isBusy={action.state.kind === 'running' || beside === null}
            run={action.run}
            onChanged={onChanged}
            onMuted={(mutedUntil) => changed({ mutedUntil })}
            onNormal={(normalSince) => changed({ normalSince })}
          />
        )}
        <ActionNotice state={action.state} onDismiss={action.dismiss} />
        <AnomalyFacts anomaly={anomaly} now={now} />
        <Part title={<Trans i18nKey="anomaly.timeline">What changed</Trans>}>
          {problem && <ProblemNotice problem={problem} staleSince={null} onRetry={reload} />}
          {isLoading && beside === null && <LoadingPlaceholder text={t('anomaly.loading', 'Reading what changed')} />}
          {beside && <TimelineList entries={timelineOf(anomaly, beside.changes)} now={now} />}
        </Part>
        <Part title={<Trans i18nKey="anomaly.promql">The query that shows it</Trans>}>
          <PromqlBlock
            promql={anomaly.promql}
            exploreHref={
              prometheus && exploreUrl(prometheus, anomaly.promql, Date.parse(span.from), Date.parse(span.to))
            }
          />
        </Part>
      </div>
    </Drawer>
  );
}

const Part = ({ title, children }: { title: ReactNode; children: ReactNode }) => {
  const styles = useStyles2(getStyles);
  return (
    <section>
      <h4 className={styles.heading}>{title}</h4>
      {children}
    </section>
  );
};

/** What stands beside the anomaly: changes round it, and whether its HPA is muted or has a new normal. */
function useBeside(client: AgentClient, anomaly: AnomalyView, now: number) {
  const { cluster, namespace, hpa, started_at, ended_at } = anomaly;
  const [opened] = useState(now);
  const [patch, setPatch] = useState<Partial<Beside>>({});
  const read = useCallback(
    async (signal: AbortSignal): Promise<Beside> => {
      const key = { cluster, namespace, hpa };
      const span = timelineSpan({ started_at, ended_at }, opened);
      const hourAgo = { from: new Date(opened - 3_600_000).toISOString(), metrics: 'cpu', step: '1h' };
      const [changes, detail, baseline] = await Promise.all([
        client.changes(key, span, signal),
        client.hpa(key, {}, signal),
        client.baseline(key, hourAgo, signal),
      ]);
      return {
        changes: changes.changes,
        mutedUntil: detail.hpa.muted_until,
        normalSince: baseline.baseline.normal_since,
      };
    },
    [client, cluster, namespace, hpa, started_at, ended_at, opened],
  );
  const { data, problem, isLoading, reload } = useAgentData(read, null);
  return {
    beside: data && { ...data, ...patch },
    problem,
    isLoading,
    reload,
    set: (more: Partial<Beside>) => setPatch((was) => ({ ...was, ...more })),
  };
}

const getStyles = (theme: GrafanaTheme2) => ({
  body: css({ display: 'flex', flexDirection: 'column', gap: theme.spacing(3) }),
  sentence: css({ fontSize: theme.typography.h4.fontSize, lineHeight: theme.typography.h4.lineHeight, margin: 0 }),
  advice: css({ color: theme.colors.text.secondary, margin: 0 }),
  heading: css({ fontSize: theme.typography.h5.fontSize, marginBottom: theme.spacing(1) }),
});
