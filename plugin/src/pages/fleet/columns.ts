import { t } from '@grafana/i18n';
import type { SortColumn } from './fleet-sort';
import type { SparkWindow } from './fleet-url';

/** The columns of the fleet, in order; a fixed height lets a thousand rows be thought of without being drawn. */
export const ROW_HEIGHT_PX = 40;

/** Narrower than this (px), the cluster stands under the name of the HPA instead of in a column of its own. */
export const NARROW_PX = 900;
/** Narrower than this, the table scrolls sideways. */
export const TABLE_MIN_WIDTH_PX = 720;

export const gridColumns = (isNarrow: boolean): string =>
  isNarrow
    ? '80px minmax(150px, 2.4fr) minmax(84px, 1fr) 92px minmax(72px, 1fr) 88px 78px'
    : '96px minmax(150px, 2.2fr) minmax(84px, 1fr) minmax(112px, 1fr) 104px minmax(110px, 1.4fr) 112px 88px';

export type Column = { id: SortColumn | 'spark'; title: string; isRight: boolean };

export const columnsOf = (window: SparkWindow, isNarrow: boolean): Column[] =>
  allColumns(window, isNarrow).filter(({ id }) => !isNarrow || id !== 'cluster');

const allColumns = (window: SparkWindow, isNarrow: boolean): Column[] => [
  { id: 'state', title: t('fleet.column.state', 'State'), isRight: false },
  { id: 'hpa', title: t('fleet.column.hpa', 'HPA'), isRight: false },
  { id: 'cluster', title: t('fleet.column.cluster', 'Cluster'), isRight: false },
  { id: 'replicas', title: t('fleet.column.replicas', 'Replicas'), isRight: true },
  { id: 'cpu', title: t('fleet.column.cpu', 'CPU / target'), isRight: true },
  {
    id: 'spark',
    title: isNarrow
      ? t('fleet.column.spark-narrow', 'CPU {{window}}', { window: windowName(window) })
      : sparkTitle(window),
    isRight: false,
  },
  { id: 'baseline', title: t('fleet.column.baseline', 'Baseline'), isRight: true },
  { id: 'scanned', title: t('fleet.column.scanned', 'Scanned'), isRight: true },
];

export const sparkTitle = (window: SparkWindow): string =>
  t('fleet.column.spark', 'CPU, last {{window}}', { window: windowName(window) });

export const windowName = (window: SparkWindow): string =>
  ({
    '1h': t('fleet.window.1h', '1 h'),
    '3h': t('fleet.window.3h', '3 h'),
    '6h': t('fleet.window.6h', '6 h'),
    '24h': t('fleet.window.24h', '24 h'),
  })[window];
