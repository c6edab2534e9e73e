import { css } from '@emotion/css';
import type { GrafanaTheme2 } from '@grafana/data';
import { t } from '@grafana/i18n';
import { Icon, Tooltip, useStyles2, useTheme2 } from '@grafana/ui';
import { plain } from '../plain';
import { SEVERITY_ICONS, severityColor, severityName } from '../severity';
import { TEST_IDS } from '../test-ids';
import { placeMarkers, type Marker, type PlotArea } from './markers';
import type { ChartAnomaly } from './model';

const APART_PX = 18;

type Props = {
  anomalies: readonly ChartAnomaly[];
  area: PlotArea;
  onAnomaly?: ((anomaly: ChartAnomaly) => void) | undefined;
};

/** A mark over the plot where each anomaly begins: its sentence on hover and focus, its details on a click. */
export function AnomalyMarkers({ anomalies, area, onAnomaly }: Props) {
  const theme = useTheme2();
  const styles = useStyles2(getStyles);
  return placeMarkers(anomalies, area, APART_PX).map((marker) => {
    const [worst] = marker.anomalies;
    return (
      <Tooltip key={worst.id} content={<Sentences marker={marker} />}>
        <button
          type="button"
          className={styles.marker}
          style={{ left: marker.x, top: area.top, color: severityColor(theme, worst.severity) }}
          onClick={() => onAnomaly?.(worst)}
          aria-label={t('band-chart.marker', '{{severity}}: {{sentence}}', {
            ...plain({ severity: severityName(worst.severity), sentence: worst.sentence }),
          })}
          data-testid={TEST_IDS.bandChart.marker}
          data-severity={worst.severity}
          data-anomaly={worst.id}
        >
          <Icon name={SEVERITY_ICONS[worst.severity]} size="sm" />
        </button>
      </Tooltip>
    );
  });
}

const Sentences = ({ marker }: { marker: Marker }) =>
  marker.anomalies.map(({ id, sentence }) => <div key={id}>{sentence}</div>);

const getStyles = (theme: GrafanaTheme2) => ({
  marker: css({
    position: 'absolute',
    transform: 'translate(-50%, -100%)',
    display: 'flex',
    padding: theme.spacing(0.25),
    border: 'none',
    background: 'none',
    borderRadius: theme.shape.radius.default,
    cursor: 'pointer',
    '&:hover, &:focus-visible': { background: theme.colors.action.hover },
  }),
});
