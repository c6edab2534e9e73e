import { Combobox, Field, MultiCombobox, Stack } from '@grafana/ui';
import type { Variable } from './variables';

type Props = { variables: readonly Variable[]; onChoose: (name: string, values: string[]) => void };

/** The dashboard's variables, each with what can be chosen. */
export function VariablePickers({ variables, onChoose }: Props) {
  return (
    <Stack gap={1} wrap="wrap">
      {variables.map(({ name, label, options, chosen, multi, problem }) => (
        <Field key={name} label={label} htmlFor={`var-${name}`} noMargin invalid={problem !== null} error={problem}>
          {multi ? (
            <MultiCombobox
              id={`var-${name}`}
              width="auto"
              minWidth={20}
              options={options}
              value={chosen}
              onChange={(all) =>
                onChoose(
                  name,
                  lastWish(
                    chosen,
                    all.map(({ value }) => value),
                  ),
                )
              }
            />
          ) : (
            <Combobox
              id={`var-${name}`}
              width="auto"
              minWidth={20}
              options={options}
              value={chosen[0] ?? null}
              onChange={({ value }) => onChoose(name, [value])}
            />
          )}
        </Field>
      ))}
    </Stack>
  );
}

/** "All" and single values leave no room for each other: the later wish counts. */
function lastWish(before: string[], now: string[]): string[] {
  const ALL = '$__all';
  if (now.includes(ALL) && !before.includes(ALL)) return [ALL];
  return now.filter((value) => value !== ALL);
}
