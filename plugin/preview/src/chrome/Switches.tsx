import { RadioButtonGroup, Stack } from '@grafana/ui';
import { bootData } from '../boot-data';
import { keepPreference, type PreferenceName } from '../preferences';

const CHOICES: Record<
  PreferenceName,
  { label: string; options: { label: string; value: string; description: string }[] }
> = {
  role: {
    label: 'Role',
    options: [
      { label: 'Viewer', value: 'Viewer', description: 'May look' },
      { label: 'Editor', value: 'Editor', description: 'May also enrol and acknowledge' },
      { label: 'Admin', value: 'Admin', description: 'May also configure' },
    ],
  },
  lang: {
    label: 'Language',
    options: [
      { label: 'EN', value: 'en-US', description: 'English' },
      { label: 'PT', value: 'pt-BR', description: 'Português (Brasil)' },
    ],
  },
  theme: {
    label: 'Theme',
    options: [
      { label: 'Dark', value: 'dark', description: 'Dark theme' },
      { label: 'Light', value: 'light', description: 'Light theme' },
    ],
  },
};

/** What a Grafana user has in the profile. Loads the page anew, as a change of profile does. */
export function Switches() {
  const { orgRole, theme, language } = bootData().user;
  const now: Record<PreferenceName, string> = { role: orgRole, theme, lang: language };
  return (
    <Stack gap={1} alignItems="center">
      {(Object.keys(CHOICES) as PreferenceName[]).map((name) => (
        <RadioButtonGroup
          key={name}
          size="sm"
          aria-label={CHOICES[name].label}
          options={CHOICES[name].options}
          value={now[name]}
          onChange={(value) => {
            keepPreference(name, value);
            location.reload();
          }}
        />
      ))}
    </Stack>
  );
}
