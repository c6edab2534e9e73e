import { css } from '@emotion/css';
import { PageLayoutType, type GrafanaTheme2 } from '@grafana/data';
import type { PluginPageProps } from '@grafana/runtime';
import { Stack, useStyles2 } from '@grafana/ui';
import { useLocation } from 'host-router';
import { appLinks } from './nav';

/** Title, actions and content of an app's page. */
export function PreviewPluginPage({
  pageNav,
  subTitle,
  actions,
  info,
  renderTitle,
  layout,
  children,
}: PluginPageProps) {
  const styles = useStyles2(getStyles);
  const { pathname } = useLocation();
  if (layout === PageLayoutType.Custom) return <>{children}</>;
  const title = pageNav?.text ?? appLinks().find(({ url }) => pathname.startsWith(url))?.text ?? '';
  const under = subTitle ?? pageNav?.subTitle;
  return (
    <>
      <div className={styles.header}>
        <div>
          {renderTitle ? renderTitle(title) : <h1 className={styles.title}>{title}</h1>}
          {under !== undefined && <div className={styles.sub}>{under}</div>}
        </div>
        <Stack gap={2} alignItems="center" wrap="wrap">
          {info?.map(({ label, value }) => (
            <div key={label} className={styles.sub}>
              {label} {value}
            </div>
          ))}
          {actions}
        </Stack>
      </div>
      {children}
    </>
  );
}

const getStyles = (theme: GrafanaTheme2) => ({
  header: css({
    display: 'flex',
    flexWrap: 'wrap',
    justifyContent: 'space-between',
    alignItems: 'flex-start',
    gap: theme.spacing(1, 2),
    marginBottom: theme.spacing(2),
  }),
  title: css({ marginBottom: 0 }),
  sub: css({ color: theme.colors.text.secondary }),
});
