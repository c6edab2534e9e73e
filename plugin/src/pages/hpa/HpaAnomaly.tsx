import type { AnomalyView } from '@hpa-watch/agent/contract';
import { useCallback, useState } from 'react';
import type { AgentClient } from '../../api/agent-client';
import { useAgentData } from '../../api/use-agent-data';
import { AnomalyDrawer } from '../../view/AnomalyDrawer';
import { ProblemNotice } from '../../view/ProblemNotice';
import { useNow } from '../../view/use-now';

type Props = {
  id: string;
  client: AgentClient;
  canEdit: boolean;
  onClose: () => void;
  /** Something was done: what the page shows is no longer so. */
  onChanged: () => void;
};

const EVERY_MS = 30_000;

/** The drawer of the anomaly that the address names, read by its id: it may be older than anything the page shows. */
export function HpaAnomaly({ id, client, canEdit, onClose, onChanged }: Props) {
  const now = useNow(5_000);
  const read = useCallback(async (signal: AbortSignal) => (await client.anomaly(id, signal)).anomaly, [client, id]);
  const { data, problem, at, reload } = useAgentData(read, EVERY_MS);
  const [done, setDone] = useState<{ anomaly: AnomalyView; at: number } | null>(null);
  const shown = done !== null && done.at > (at ?? 0) ? done.anomaly : data;
  if (shown === null || shown.id !== id) {
    return problem && <ProblemNotice problem={problem} staleSince={null} onRetry={reload} />;
  }
  return (
    <AnomalyDrawer
      anomaly={shown}
      client={client}
      canEdit={canEdit}
      now={now}
      onClose={onClose}
      onChanged={(anomaly) => {
        setDone({ anomaly, at: Date.now() });
        onChanged();
      }}
      onHpaChanged={onChanged}
    />
  );
}
