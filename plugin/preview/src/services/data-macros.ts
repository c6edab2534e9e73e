import {
  formattedValueToString,
  getDisplayProcessor,
  getFieldDisplayName,
  getFieldDisplayValuesProxy,
  type DataContextScopedVar,
  type DisplayValue,
  type ScopedVars,
} from '@grafana/data';

type DataContext = DataContextScopedVar['value'];
type Macro = (context: DataContext, steps: string[]) => string | null | undefined;

/** `.Name`, `[3]` and `["a name"]` one after the other, as texts. */
const stepsOf = (path: string): string[] =>
  [...path.matchAll(/\["(.*?)"\]|\['(.*?)'\]|\[(\d+)\]|([^.[\]]+)/g)].map(
    ([, double, single, index, plain]) => double ?? single ?? index ?? plain ?? '',
  );

/** As it is shown, unless the number is asked for. */
function asText(shown: DisplayValue, part = 'text'): string | null {
  if (part === 'text') return formattedValueToString(shown);
  return part === 'numeric' ? String(shown.numeric) : null;
}

const ofRow: Macro = ({ frame, rowIndex }, [area, name, part]) => {
  if (area !== 'fields' || name === undefined || rowIndex === undefined) return null;
  const shown = (getFieldDisplayValuesProxy({ frame, rowIndex }) as Record<string, DisplayValue | undefined>)[name];
  return shown && asText(shown, part);
};

const ofValue: Macro = ({ field, rowIndex, calculatedValue }, [part]) => {
  if (calculatedValue !== undefined) return asText(calculatedValue, part === 'raw' ? 'numeric' : part);
  if (rowIndex === undefined) return null;
  const raw: unknown = field.values[rowIndex];
  return part === 'raw' ? String(raw) : asText((field.display ?? getDisplayProcessor())(raw), part);
};

const ofField: Macro = ({ field, frame, data }, [part, label = '']) => {
  if (part === 'labels') return field.labels?.[label];
  return part === 'name' ? getFieldDisplayName(field, frame, data) : null;
};

const MACROS: Record<string, Macro | undefined> = { __data: ofRow, __value: ofValue, __field: ofField };

/**
 * What links and names may say of the data that they stand at: `${__data.fields.X}`, `${__value.raw}`, `${__field.labels.x}`; null where there is none of it.
 * See https://grafana.com/docs/grafana/latest/panels-visualizations/configure-data-links/
 */
export function dataMacro(name: string, path: string, scoped: ScopedVars): string | null {
  const context = scoped.__dataContext?.value;
  return (context && MACROS[name]?.(context, stepsOf(path))) ?? null;
}
