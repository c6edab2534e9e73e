import { css } from '@emotion/css';
import type { GrafanaTheme2 } from '@grafana/data';
import { t } from '@grafana/i18n';
import { Button, Dropdown, Icon, Menu, useStyles2 } from '@grafana/ui';

export type FilterOption<T extends string> = { value: T; label: string };

type Props<T extends string> = {
  /** What is filtered, such as "Severity". */
  name: string;
  /** Shown while nothing is chosen, such as "Any severity". */
  placeholder: string;
  options: readonly FilterOption<T>[];
  /** Empty: all. */
  value: readonly T[];
  onChange: (value: T[]) => void;
};

/** A filter of which several values can be chosen; the menu stays open meanwhile. By hand, since MultiCombobox of Grafana 12.3 breaks rules of ARIA. */
export function SeveralFilter<T extends string>({ name, placeholder, options, value, onChange }: Props<T>) {
  const styles = useStyles2(getStyles);
  const chosen = options.filter((option) => value.includes(option.value));
  const text = chosen.length === 0 ? placeholder : chosen.map(({ label }) => label).join(', ');
  const toggle = (one: T): void =>
    onChange(value.includes(one) ? value.filter((other) => other !== one) : [...value, one]);
  const menu = (
    <Menu ariaLabel={name}>
      {options.map((option) => {
        const isChosen = value.includes(option.value);
        return (
          <Menu.Item
            key={option.value}
            label={option.label}
            role="menuitemcheckbox"
            ariaChecked={isChosen}
            icon={isChosen ? 'check-square' : 'square-shape'}
            onClick={(event) => {
              event?.stopPropagation();
              toggle(option.value);
            }}
          />
        );
      })}
      {chosen.length > 0 && (
        <>
          <Menu.Divider />
          <Menu.Item label={t('filter.clear', 'Clear')} icon="times" onClick={() => onChange([])} />
        </>
      )}
    </Menu>
  );
  return (
    <Dropdown overlay={menu} placement="bottom-start">
      <Button
        variant="secondary"
        fill="outline"
        className={styles.button}
        aria-label={t('filter.button', '{{name}}: {{text}}', { name, text, interpolation: { escapeValue: false } })}
        title={text}
      >
        <span className={styles.content}>
          <span className={styles.text}>{text}</span>
          {chosen.length > 1 && <span className={styles.count}>{chosen.length}</span>}
          <Icon name="angle-down" />
        </span>
      </Button>
    </Dropdown>
  );
}

const getStyles = (theme: GrafanaTheme2) => ({
  button: css({
    width: '100%',
    justifyContent: 'flex-start',
    padding: theme.spacing(0, 1),
    borderColor: theme.components.input.borderColor,
    background: theme.components.input.background,
    color: theme.components.input.text,
    fontWeight: theme.typography.fontWeightRegular,
    '& > span': { flex: 1, minWidth: 0 },
  }),
  content: css({ display: 'flex', alignItems: 'center', gap: theme.spacing(0.5), width: '100%', minWidth: 0 }),
  text: css({
    flex: 1,
    minWidth: 0,
    overflow: 'hidden',
    textOverflow: 'ellipsis',
    whiteSpace: 'nowrap',
    textAlign: 'left',
  }),
  count: css({ color: theme.colors.text.secondary }),
});
