import { t } from '@grafana/i18n';
import type { AnomalyView, HpaDetail } from '@hpa-watch/agent/contract';
import type { AgentClient, HpaKey } from '../api/agent-client';
import type { Action } from '../api/use-action';
import { plain } from './plain';

/**
 * What a person can do to an HPA or to one of its anomalies, each with its way back. `changed` is called with what the agent answered, so that the
 * page shows it at once.
 */

type OnAnomaly = (anomaly: AnomalyView) => void;

export const acknowledge = (client: AgentClient, { id }: Pick<AnomalyView, 'id'>, changed: OnAnomaly): Action => ({
  name: 'acknowledge',
  act: async () => changed((await client.acknowledge(id, true)).anomaly),
  done: t('deed.acknowledged', 'Acknowledged: others see that somebody looks after it.'),
  undo: async () => changed((await client.acknowledge(id, false)).anomaly),
  undone: t('deed.unacknowledged', 'No longer acknowledged.'),
});

export const unacknowledge = (client: AgentClient, { id }: Pick<AnomalyView, 'id'>, changed: OnAnomaly): Action => ({
  name: 'acknowledge',
  act: async () => changed((await client.acknowledge(id, false)).anomaly),
  done: t('deed.unacknowledged', 'No longer acknowledged.'),
  undo: async () => changed((await client.acknowledge(id, true)).anomaly),
  undone: t('deed.acknowledged', 'Acknowledged: others see that somebody looks after it.'),
});

export function exclude(
  client: AgentClient,
  { id }: Pick<AnomalyView, 'id'>,
  excluded: boolean,
  changed: OnAnomaly,
): Action {
  const set = (value: boolean) => async () => changed((await client.exclude(id, value)).anomaly);
  const left = t('deed.excluded', 'Left out of the baseline: what is usual is no longer learned from it.');
  const used = t('deed.included', 'Used for the baseline again.');
  return {
    name: 'exclude',
    act: set(excluded),
    done: excluded ? left : used,
    undo: set(!excluded),
    undone: excluded ? used : left,
  };
}

/** `before` is until when it was muted already (ISO 8601), which undo brings back. */
export function mute(
  client: AgentClient,
  key: HpaKey,
  before: string | null,
  choice: { for: string; label: string },
  changed: (mutedUntil: string | null) => void,
): Action {
  return {
    name: 'mute',
    act: async () => changed((await client.mute(key, { for: choice.for })).muted_until),
    done: t(
      'deed.muted',
      'Muted for {{duration}}: nobody is told of its anomalies.',
      plain({ duration: choice.label }),
    ),
    undo: muteAgain(client, key, before, changed),
    undone:
      before === null ? t('deed.unmuted', 'No longer muted.') : t('deed.muted-again', 'Muted for as long as before.'),
  };
}

export const unmute = (
  client: AgentClient,
  key: HpaKey,
  before: string | null,
  changed: (mutedUntil: string | null) => void,
): Action => ({
  name: 'mute',
  act: async () => changed((await client.unmute(key)).muted_until),
  done: t('deed.unmuted', 'No longer muted.'),
  undo: muteAgain(client, key, before, changed),
  undone: t('deed.muted-again', 'Muted for as long as before.'),
});

const muteAgain =
  (client: AgentClient, key: HpaKey, before: string | null, changed: (mutedUntil: string | null) => void) =>
  async (): Promise<void> => {
    const answer = before === null ? await client.unmute(key) : await client.mute(key, { until: before });
    changed(answer.muted_until);
  };

/** `since` null takes the new normal back; `before` is what undo brings back. */
export function acceptNormal(
  client: AgentClient,
  key: HpaKey,
  since: string | null,
  before: string | null,
  changed: (normalSince: string | null) => void,
): Action {
  const set = (value: string | null) => async () => changed((await client.acceptNormal(key, value)).normal_since);
  const accepted = t('deed.accepted', 'This is the new normal: what is usual is learned from it.');
  const takenBack = t('deed.taken-back', 'Taken back: what is usual is learned from the whole history again.');
  return {
    name: 'accept',
    act: set(since),
    done: since === null ? takenBack : accepted,
    undo: set(before),
    undone: before === null ? takenBack : accepted,
  };
}

/** Pauses or resumes the watching. */
export function watch(client: AgentClient, key: HpaKey, active: boolean, changed: (hpa: HpaDetail) => void): Action {
  const set = (value: boolean) => async () => changed((await client.patch(key, { monitoring_active: value })).hpa);
  const resumed = t('deed.resumed', 'Watched again; what was missed is collected.');
  const paused = t('deed.paused', 'Paused: not scanned and not judged. Its history stays.');
  return {
    name: 'watch',
    act: set(active),
    done: active ? resumed : paused,
    undo: set(!active),
    undone: active ? paused : resumed,
  };
}

export const collectAgain = (client: AgentClient, key: HpaKey, changed: () => void): Action => ({
  name: 'collect',
  act: async () => {
    await client.collectAgain(key);
    changed();
  },
  done: t('deed.collecting', 'Its history is collected again; the progress shows here.'),
  undo: null,
  undone: '',
});
