import { t } from '@grafana/i18n';
import type { HpaDetail, SampleView } from '@hpa-watch/agent/contract';
import { formatAgo, formatNumber, formatPercent, formatReplicas, metricName } from '../../view/format';

export type Fact = { id: string; name: string; value: string; note?: string };

/** The figures in the head of an HPA's page. What is not known is a dash. */
export function factsOf(hpa: HpaDetail, now: number): Fact[] {
  const { latest, target, metrics, conditions, last_scan } = hpa;
  return [
    {
      id: 'replicas',
      name: t('hpa-facts.replicas', 'Replicas'),
      value: formatReplicas(latest?.replicas_current),
      note: t('hpa-facts.desired', 'desired {{desired}}, ready {{ready}}', {
        desired: formatReplicas(latest?.replicas_desired),
        ready: formatReplicas(latest?.replicas_ready),
      }),
    },
    {
      id: 'range',
      name: t('hpa-facts.range', 'Least and most'),
      value: `${formatReplicas(latest?.replicas_min)}–${formatReplicas(latest?.replicas_max)}`,
    },
    {
      id: 'targets',
      name: t('hpa-facts.targets', 'Steers to'),
      value: metrics.length === 0 ? '–' : metrics.map(targetText).join(', '),
    },
    {
      id: 'scale-target',
      name: t('hpa-facts.scale-target', 'Scales'),
      value: target === null ? '–' : `${target.kind} ${target.name}`,
    },
    { id: 'conditions', name: t('hpa-facts.conditions', 'Conditions'), value: conditionsText(conditions, latest) },
    { id: 'scanned', name: t('hpa-facts.scanned', 'Scanned'), value: formatAgo(last_scan, now) },
  ];
}

function targetText({ name, type, container, target }: HpaDetail['metrics'][number]): string {
  const value = type === 'utilization' ? formatPercent(target) : formatNumber(target, 2);
  const known = { cpu: metricName('cpu'), memory: metricName('memory') }[name] ?? name;
  return container === null ? `${known} ${value}` : `${known} (${container}) ${value}`;
}

/** Only what stands out: an HPA that scales freely is the rule. */
export function conditionsText(
  { scaling_active, scaling_limited }: HpaDetail['conditions'],
  latest: Limits | null,
): string {
  if (scaling_active === null && scaling_limited === null) return '–';
  const told = [
    scaling_active === false ? t('hpa-facts.inactive', 'scaling is inactive') : null,
    scaling_limited === true ? limitText(latest) : null,
  ].filter((text) => text !== null);
  return told.length === 0 ? t('hpa-facts.free', 'scales freely') : told.join(', ');
}

type Limits = Pick<SampleView, 'replicas_desired' | 'replicas_min' | 'replicas_max'>;

function limitText(latest: Limits | null): string {
  const desired = latest?.replicas_desired ?? null;
  if (desired !== null && desired === latest?.replicas_max) return t('hpa-facts.at-max', 'held at its maximum');
  if (desired !== null && desired === latest?.replicas_min) return t('hpa-facts.at-min', 'held at its minimum');
  return t('hpa-facts.limited', 'limited');
}
