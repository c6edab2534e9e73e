import { alignLines, heldOver } from './align';
import type { ChartModel, Line, Reference, Span } from './model';

/** What can be shown and hidden by its name in the legend. */
export type Part =
  | { kind: 'band'; edge: 'upper' | 'lower' }
  | { kind: 'expected' }
  | { kind: 'reference'; reference: Reference }
  | { kind: 'value' };

/** The lines in the order they are drawn, the value last: on top. The band's two edges are the first two. */
export function partsOf({ band, references }: Pick<ChartModel, 'band' | 'references'>): Part[] {
  const edges: Part[] =
    band === null
      ? []
      : [
          { kind: 'band', edge: 'upper' },
          { kind: 'band', edge: 'lower' },
        ];
  return [
    ...edges,
    ...(band?.expected ? [{ kind: 'expected' } as const] : []),
    ...references.map((reference) => ({ kind: 'reference', reference }) as const),
    { kind: 'value' },
  ];
}

/** Equal for both edges of the band: they come and go together. */
export const partId = (part: Part): string =>
  part.kind === 'reference' ? `reference/${part.reference.id}` : part.kind;

/** Whether both are drawn by one and the same plot, whatever the values. */
export const areSameParts = (before: readonly Part[], after: readonly Part[]): boolean =>
  before.length === after.length && before.every((part, i) => lookKey(part) === lookKey(after[i]));

const lookKey = (part: Part | undefined): string | undefined =>
  part?.kind === 'reference' ? `${partId(part)}/${part.reference.kind}` : part && partId(part);

/** The table that uPlot draws, of a value with its gaps as nulls (`withGaps`): times, then a column a part, in the order of `partsOf`. */
export function tableOf(model: ChartModel, span: Span): [number[], ...(number | null | undefined)[][]] {
  const { times, columns } = alignLines(partsOf(model).map((part) => lineOf(part, model, span)));
  return [times, ...columns];
}

function lineOf(part: Part, { value, band }: ChartModel, span: Span): Line {
  if (part.kind === 'value') return value;
  if (part.kind === 'reference') return heldOver(part.reference.line, span);
  const values = part.kind === 'expected' ? band?.expected : band?.[part.edge];
  return { times: band?.times ?? [], values: values ?? [] };
}
