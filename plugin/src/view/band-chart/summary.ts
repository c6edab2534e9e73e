import { t } from '@grafana/i18n';
import { plain } from '../plain';
import type { ChartModel } from './model';
import { latestReading } from './reading';

/** The chart in a sentence, for those who do not see it. */
export function chartSummary(name: string, model: ChartModel, format: (value: number) => string): string {
  const latest = latestReading(model);
  const known =
    latest === null || latest.value === null
      ? t('band-chart.summary.none', '{{name}}: no value is known in this range.', plain({ name }))
      : latest.usual === null
        ? t('band-chart.summary.value', '{{name}}: the latest value is {{value}}.', {
            ...plain({ name, value: format(latest.value) }),
          })
        : t(
            'band-chart.summary.usual',
            '{{name}}: the latest value is {{value}}, usual then is {{lower}} to {{upper}}.',
            {
              ...plain({
                name,
                value: format(latest.value),
                lower: format(latest.usual.lower),
                upper: format(latest.usual.upper),
              }),
            },
          );
  const count = model.anomalies.length;
  return count === 0
    ? known
    : `${known} ${t('band-chart.summary.anomalies', '{{count}} anomalies are marked.', {
        count,
        defaultValue_one: '{{count}} anomaly is marked.',
      })}`;
}
