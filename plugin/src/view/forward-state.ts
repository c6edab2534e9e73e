import type { IconName } from '@grafana/data';
import { t } from '@grafana/i18n';
import type { ForwardStatusName, ForwardView } from '@hpa-watch/agent/contract';
import { formatDuration } from './format';
import { plain } from './plain';

/** How a way to a cluster looks: ok, on its way, to be mended by a person, or off. */
export type ForwardTone = 'good' | 'waiting' | 'bad' | 'off';

export const FORWARD_LOOK: Record<ForwardStatusName, { icon: IconName; tone: ForwardTone }> = {
  active: { icon: 'check-circle', tone: 'good' },
  starting: { icon: 'sync', tone: 'waiting' },
  waiting: { icon: 'clock-nine', tone: 'waiting' },
  failed: { icon: 'exclamation-circle', tone: 'bad' },
  stopped: { icon: 'pause-circle', tone: 'off' },
};

/** The state in a few words: `up 12 h`, `retry in 8 s`. `now` is epoch ms. */
export function forwardWord(forward: Pick<ForwardView, 'status' | 'uptime' | 'retry_at'>, now: number): string {
  switch (forward.status) {
    case 'active':
      return forward.uptime === null
        ? t('forward.up', 'up')
        : t('forward.up-for', 'up {{uptime}}', plain({ uptime: spaced(forward.uptime) }));
    case 'starting':
      return t('forward.starting', 'starting');
    case 'waiting': {
      const left = forward.retry_at === null ? 0 : Date.parse(forward.retry_at) - now;
      return left > 0
        ? t('forward.retry-in', 'retry in {{left}}', plain({ left: formatDuration(left) }))
        : t('forward.retrying', 'trying again');
    }
    case 'failed':
      return t('forward.failed', 'needs mending');
    case 'stopped':
      return t('forward.stopped', 'stopped');
  }
}

/** `2h35m` of the agent as people read it: `2 h 35 min`. */
function spaced(duration: string): string {
  const units: Record<string, string> = { d: 'd', h: 'h', m: 'min', s: 's' };
  return duration.replace(/(\d+)([dhms])/g, (_, count: string, unit: string) => `${count}\u00a0${units[unit]} `).trim();
}
