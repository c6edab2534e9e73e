import { t, Trans } from '@grafana/i18n';
import { Button, ConfirmModal, Stack } from '@grafana/ui';
import type { AnomalyView } from '@hpa-watch/agent/contract';
import { useState } from 'react';
import type { AgentClient } from '../api/agent-client';
import type { Action } from '../api/use-action';
import { acceptNormal, acknowledge, exclude, mute, unacknowledge, unmute } from './hpa-deeds';
import { MuteButton } from './MuteButton';
import { plain } from './plain';
import { TEST_IDS } from './test-ids';
import { formatTime } from './time';

type Props = {
  anomaly: AnomalyView;
  client: AgentClient;
  /** Of its HPA, as far as known (ISO 8601). */
  mutedUntil: string | null;
  normalSince: string | null;
  isBusy: boolean;
  run: (action: Action) => void;
  onChanged: (anomaly: AnomalyView) => void;
  onMuted: (until: string | null) => void;
  onNormal: (since: string | null) => void;
};

/** What an editor can do about an anomaly. */
export function AnomalyActions(props: Props) {
  const { anomaly, client, mutedUntil, normalSince, isBusy, run, onChanged, onMuted, onNormal } = props;
  const [asksNormal, setAsksNormal] = useState(false);
  const isAcknowledged = anomaly.acknowledged_at !== null;
  const isNormal = normalSince !== null && Date.parse(normalSince) >= Date.parse(anomaly.started_at);
  return (
    <Stack direction="row" gap={1} wrap="wrap" data-testid={TEST_IDS.drawer.actions}>
      <Button
        icon={isAcknowledged ? 'check-circle' : 'check'}
        variant={isAcknowledged ? 'secondary' : 'primary'}
        disabled={isBusy}
        onClick={() => run((isAcknowledged ? unacknowledge : acknowledge)(client, anomaly, onChanged))}
      >
        {isAcknowledged ? (
          <Trans i18nKey="anomaly.unacknowledge">Take acknowledgement back</Trans>
        ) : (
          <Trans i18nKey="anomaly.acknowledge">Acknowledge</Trans>
        )}
      </Button>
      <MuteButton
        mutedUntil={mutedUntil}
        disabled={isBusy}
        onMute={(duration, label) => run(mute(client, anomaly, mutedUntil, { for: duration, label }, onMuted))}
        onUnmute={() => run(unmute(client, anomaly, mutedUntil, onMuted))}
      />
      <Button
        icon={anomaly.excluded ? 'history' : 'minus-circle'}
        variant="secondary"
        disabled={isBusy}
        onClick={() => run(exclude(client, anomaly, !anomaly.excluded, onChanged))}
      >
        {anomaly.excluded ? (
          <Trans i18nKey="anomaly.include">Use for the baseline again</Trans>
        ) : (
          <Trans i18nKey="anomaly.exclude">Leave out of the baseline</Trans>
        )}
      </Button>
      <Button
        icon={isNormal ? 'history' : 'star'}
        variant="secondary"
        disabled={isBusy}
        onClick={() =>
          isNormal ? run(acceptNormal(client, anomaly, null, normalSince, onNormal)) : setAsksNormal(true)
        }
      >
        {isNormal ? (
          <Trans i18nKey="anomaly.take-normal-back">Take the new normal back</Trans>
        ) : (
          <Trans i18nKey="anomaly.accept">This is the new normal</Trans>
        )}
      </Button>
      <ConfirmModal
        isOpen={asksNormal}
        title={t('anomaly.accept-title', 'Is this the new normal?')}
        body={t(
          'anomaly.accept-body',
          'What is usual is then learned only from what is seen from {{time}} on. You can take it back.',
          plain({ time: formatTime(anomaly.started_at) }),
        )}
        confirmText={t('anomaly.accept', 'This is the new normal')}
        confirmButtonVariant="primary"
        onConfirm={() => {
          setAsksNormal(false);
          run(acceptNormal(client, anomaly, anomaly.started_at, normalSince, onNormal));
        }}
        onDismiss={() => setAsksNormal(false)}
      />
    </Stack>
  );
}
