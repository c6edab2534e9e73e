import { css } from '@emotion/css';
import { AppEvents, type AlertPayload, type GrafanaTheme2 } from '@grafana/data';
import { getAppEvents } from '@grafana/runtime';
import { Alert, useStyles2, type AlertVariant } from '@grafana/ui';
import { useEffect, useState } from 'react';

type Notice = { id: number; variant: AlertVariant; title: string; text: string };

const KINDS = [
  [AppEvents.alertSuccess, 'success'],
  [AppEvents.alertWarning, 'warning'],
  [AppEvents.alertError, 'error'],
  [AppEvents.alertInfo, 'info'],
] as const;
const SHOWN_MS = 5_000;

/** What the app tells by Grafana's alerts, for a few seconds, top right. */
export function Notices() {
  const styles = useStyles2(getStyles);
  const [notices, setNotices] = useState<Notice[]>([]);
  const drop = (id: number) => setNotices((all) => all.filter((one) => one.id !== id));
  useEffect(() => {
    let last = 0;
    const timers = new Set<ReturnType<typeof setTimeout>>();
    const heard = KINDS.map(([event, variant]) =>
      getAppEvents().subscribe<{ type: string; payload: AlertPayload }>(
        event as never,
        ({ payload: [title, text = ''] }) => {
          const id = ++last;
          setNotices((all) => [...all, { id, variant, title, text }]);
          timers.add(setTimeout(() => drop(id), SHOWN_MS));
        },
      ),
    );
    return () => {
      for (const one of heard) one.unsubscribe();
      for (const timer of timers) clearTimeout(timer);
    };
  }, []);
  return (
    <div className={styles.place} aria-live="polite">
      {notices.map(({ id, variant, title, text }) => (
        <Alert key={id} elevated severity={variant} title={title} onRemove={() => drop(id)}>
          {text}
        </Alert>
      ))}
    </div>
  );
}

const getStyles = (theme: GrafanaTheme2) => ({
  place: css({
    position: 'fixed',
    top: theme.spacing(7),
    right: theme.spacing(2),
    width: theme.spacing(50),
    zIndex: theme.zIndex.portal,
  }),
});
