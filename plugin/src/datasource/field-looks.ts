import { MappingType, type FieldConfig, type ValueMapping } from '@grafana/data';
import type { BandPart } from './query-model';

/** How columns and lines look unless a panel says otherwise. Colours are names of Grafana's palette, which follow the theme. */

const COLOURS: Record<string, string> = {
  critical: 'red',
  warning: 'orange',
  info: 'blue',
  firing: 'orange',
  ok: 'green',
  ready: 'green',
  active: 'green',
  resolved: 'text',
  learning: 'blue',
  queued: 'blue',
  running: 'blue',
  starting: 'blue',
  partial: 'yellow',
  waiting: 'yellow',
  timeout: 'orange',
  overrun: 'orange',
  failed: 'red',
  error: 'red',
  paused: 'text',
  gone: 'text',
  stopped: 'text',
};

const mappings: ValueMapping[] = [
  {
    type: MappingType.ValueToText,
    options: Object.fromEntries(Object.entries(COLOURS).map(([value, color], index) => [value, { color, index }])),
  },
];

/** Columns that tell a state in a word. */
const STATE_COLUMNS = new Set(['severity', 'state', 'status', 'result', 'baseline', 'forward']);

/** Columns with sentences need room. */
const SENTENCE_COLUMNS = new Set(['sentence', 'advice', 'worst', 'error', 'last_error']);

export function columnConfig(name: string, unit: string | undefined): FieldConfig {
  if (STATE_COLUMNS.has(name)) return { mappings, custom: { cellOptions: { type: 'color-text' } } };
  if (SENTENCE_COLUMNS.has(name)) return { custom: { minWidth: 240 } };
  return unit === undefined ? {} : { unit };
}

const BAND_COLOUR = { mode: 'fixed', fixedColor: 'blue' };

/** What is usual is drawn behind what is: the area down to `lower`, expected as a thin dashed line. */
export function bandConfig(part: BandPart, lowerName: string | null): FieldConfig {
  switch (part) {
    case 'upper':
      return {
        color: BAND_COLOUR,
        custom: { lineWidth: 0, fillOpacity: 15, ...(lowerName !== null && { fillBelowTo: lowerName }) },
      };
    case 'lower':
      return { color: BAND_COLOUR, custom: { lineWidth: 0, fillOpacity: 0 } };
    case 'expected':
      return {
        color: BAND_COLOUR,
        custom: { lineWidth: 1, fillOpacity: 0, lineStyle: { fill: 'dash', dash: [6, 6] } },
      };
    case 'value':
      return {};
  }
}
