import { t, Trans } from '@grafana/i18n';
import { Button, Dropdown, Menu } from '@grafana/ui';
import { muteChoices } from './mute-choices';
import { plain } from './plain';
import { formatTime } from './time';

type Props = {
  /** ISO 8601, or null while not muted. */
  mutedUntil: string | null;
  disabled: boolean;
  onMute: (duration: string, label: string) => void;
  onUnmute: () => void;
};

/** Mutes an HPA for a while, or ends it; says until when. */
export function MuteButton({ mutedUntil, disabled, onMute, onUnmute }: Props) {
  const menu = (
    <Menu>
      {mutedUntil !== null && (
        <>
          <Menu.Item label={t('mute.end', 'Unmute')} icon="bell" onClick={onUnmute} />
          <Menu.Divider />
        </>
      )}
      {muteChoices().map((choice) => (
        <Menu.Item key={choice.for} label={choice.label} onClick={() => onMute(choice.for, choice.label)} />
      ))}
    </Menu>
  );
  return (
    <Dropdown overlay={menu} placement="bottom-end">
      <Button variant="secondary" icon="bell-slash" disabled={disabled}>
        {mutedUntil === null ? (
          <Trans i18nKey="mute.mute">Mute</Trans>
        ) : (
          t('mute.until', 'Muted until {{time}}', plain({ time: formatTime(mutedUntil) }))
        )}
      </Button>
    </Dropdown>
  );
}
