import { css } from '@emotion/css';
import type { GrafanaTheme2 } from '@grafana/data';
import { t } from '@grafana/i18n';
import { Badge, useStyles2, type BadgeColor } from '@grafana/ui';
import type { AgentView } from '@hpa-watch/agent/contract';
import { useCallback } from 'react';
import type { AgentClient } from '../../api/agent-client';
import { useAgentData } from '../../api/use-agent-data';
import { formatAgo, formatDuration, UNKNOWN } from '../../view/format';
import { behindSeconds } from './behind';
import { TEST_IDS } from '../../view/test-ids';
import { tableStyles } from './table-styles';

const EVERY_MS = 10_000;

/** All agents that share the database, what each watches and how far behind it is; nothing where there is only one. */
export function AgentTable({ client, now }: { client: AgentClient; now: number }) {
  const styles = useStyles2(getStyles);
  const read = useCallback((signal: AbortSignal) => client.status({}, signal), [client]);
  const { data } = useAgentData(read, EVERY_MS);
  const agents = data?.agents ?? [];
  if (agents.length < 2) return null;
  return (
    <div className={styles.scroll} role="region" aria-label={t('schedule.agents', 'Agents')} tabIndex={0}>
      <table className={styles.table} data-testid={TEST_IDS.schedule.agents}>
        <thead>
          <tr>
            <th scope="col">{t('schedule.agent.name', 'Agent')}</th>
            <th scope="col">{t('schedule.agent.state', 'State')}</th>
            <th scope="col" className={styles.number}>
              {t('schedule.agent.seen', 'Seen')}
            </th>
            <th scope="col" className={styles.number}>
              {t('schedule.agent.behind', 'Behind')}
            </th>
            <th scope="col" className={styles.wide}>
              {t('schedule.agent.clusters', 'Clusters')}
            </th>
          </tr>
        </thead>
        <tbody>
          {agents.map((agent) => (
            <Row key={agent.id} agent={agent} now={now} />
          ))}
        </tbody>
      </table>
    </div>
  );
}

function Row({ agent, now }: { agent: AgentView; now: number }) {
  const styles = useStyles2(getStyles);
  const behind = behindSeconds(agent);
  return (
    <tr>
      <th scope="row">{agent.name}</th>
      <td>
        <Badge text={stateName(agent.state)} color={COLORS[agent.state]} />
      </td>
      <td className={styles.number}>{formatAgo(agent.seen_at, now)}</td>
      <td className={styles.number}>{behind === null ? UNKNOWN : formatDuration(behind * 1_000)}</td>
      <td>{agent.clusters.length === 0 ? UNKNOWN : agent.clusters.map(({ cluster }) => cluster).join(', ')}</td>
    </tr>
  );
}

const COLORS: Record<AgentView['state'], BadgeColor> = {
  live: 'green',
  unsure: 'orange',
  leaving: 'blue',
  silent: 'orange',
  left: 'blue',
  lost: 'red',
};

function stateName(state: AgentView['state']): string {
  switch (state) {
    case 'live':
      return t('schedule.agent.live', 'live');
    case 'unsure':
      return t('schedule.agent.unsure', 'without database');
    case 'leaving':
      return t('schedule.agent.leaving', 'leaving');
    case 'silent':
      return t('schedule.agent.silent', 'silent');
    case 'left':
      return t('schedule.agent.left', 'stopped');
    case 'lost':
      return t('schedule.agent.lost', 'lost, others took over');
  }
}

const getStyles = (theme: GrafanaTheme2) => ({
  scroll: css({ overflowX: 'auto' }),
  ...tableStyles(theme),
  wide: css({ width: '50%', minWidth: theme.spacing(20) }),
});
