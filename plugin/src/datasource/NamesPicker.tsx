import { t } from '@grafana/i18n';
import { getTemplateSrv } from '@grafana/runtime';
import { InlineField, InlineLabel, MultiCombobox, type ComboboxOption } from '@grafana/ui';
import { useCallback } from 'react';

type Props = {
  id: string;
  label: string;
  placeholder: string;
  value: readonly string[];
  /** The names there are. */
  read: () => Promise<readonly string[]>;
  onChange: (names: string[]) => void;
};

/** Of all labels and pickers, so that they stand in columns. */
export const LABEL_WIDTH = 14;
export const PICKER_WIDTH = 28;

const optionOf = (value: string): ComboboxOption => ({ value, label: value.replaceAll('_', ' ') });

/** The variables of the dashboard that match what is typed, then the names that do. */
export function offered(names: readonly string[], variables: readonly string[], typed: string): string[] {
  const wanted = typed.trim().toLowerCase().replaceAll(' ', '_');
  return [...variables.map((name) => `$${name}`), ...names].filter(
    (name) => wanted === '' || name.toLowerCase().includes(wanted) || name.toLowerCase().includes(typed.toLowerCase()),
  );
}

/** Picks names from those that the agent knows, variables of the dashboard, or patterns with `*` that are typed. */
export function NamesPicker({ id, label, placeholder, value, read, onChange }: Props) {
  const options = useCallback(
    async (typed: string) => {
      const variables = getTemplateSrv().getVariables();
      const names = await read();
      return offered(
        names,
        variables.map(({ name }) => name),
        typed,
      ).map(optionOf);
    },
    [read],
  );
  return (
    <InlineField
      label={
        <InlineLabel id={`${id}-label`} htmlFor={id} width={LABEL_WIDTH}>
          {label}
        </InlineLabel>
      }
    >
      <MultiCombobox
        // The input of Grafana 12.3 takes no id, so that the label names it this way.
        id={id}
        aria-labelledby={`${id}-label`}
        options={options}
        value={value.map(optionOf)}
        placeholder={placeholder}
        createCustomValue
        isClearable
        width={PICKER_WIDTH}
        onChange={(chosen) => onChange(chosen.map((one) => one.value))}
      />
    </InlineField>
  );
}

export const anyPlaceholder = (): string => t('datasource.any', 'all');
