import { Trans } from '@grafana/i18n';
import { Button, Stack } from '@grafana/ui';
import type { HpaDetail } from '@hpa-watch/agent/contract';
import type { AgentClient } from '../../api/agent-client';
import type { Action } from '../../api/use-action';
import { collectAgain, mute, unmute, watch } from '../../view/hpa-deeds';
import { MuteButton } from '../../view/MuteButton';
import { TEST_IDS } from '../../view/test-ids';

type Props = {
  hpa: HpaDetail;
  client: AgentClient;
  isBusy: boolean;
  run: (action: Action) => void;
  onChanged: () => void;
};

/** What an editor can do to an HPA. Each can be taken back, but collecting again, which loses nothing. */
export function HpaActions({ hpa, client, isBusy, run, onChanged }: Props) {
  const { monitoring_active: isActive, muted_until: mutedUntil, baseline } = hpa;
  const isCollecting = baseline.state === 'queued' || baseline.state === 'running';
  return (
    <Stack direction="row" gap={1} wrap="wrap" alignItems="flex-start" data-testid={TEST_IDS.hpa.actions}>
      <Button
        variant="secondary"
        icon={isActive ? 'pause' : 'play'}
        disabled={isBusy}
        onClick={() => run(watch(client, hpa, !isActive, onChanged))}
      >
        {isActive ? <Trans i18nKey="hpa.pause">Pause</Trans> : <Trans i18nKey="hpa.resume">Resume</Trans>}
      </Button>
      <MuteButton
        mutedUntil={mutedUntil}
        disabled={isBusy}
        onMute={(duration, label) => run(mute(client, hpa, mutedUntil, { for: duration, label }, onChanged))}
        onUnmute={() => run(unmute(client, hpa, mutedUntil, onChanged))}
      />
      <Button
        variant="secondary"
        icon="sync"
        disabled={isBusy || isCollecting}
        onClick={() => run(collectAgain(client, hpa, onChanged))}
      >
        <Trans i18nKey="hpa.collect-again">Collect again</Trans>
      </Button>
    </Stack>
  );
}
