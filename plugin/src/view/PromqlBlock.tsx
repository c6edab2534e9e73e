import { css } from '@emotion/css';
import type { GrafanaTheme2 } from '@grafana/data';
import { Trans } from '@grafana/i18n';
import { ClipboardButton, LinkButton, Stack, useStyles2 } from '@grafana/ui';
import { TEST_IDS } from './test-ids';

type Props = {
  promql: string;
  /** Explore with this query; null where Grafana has no data source for it. */
  exploreHref: string | null;
};

/** A query of Prometheus to look at, copy, or open in Explore. */
export function PromqlBlock({ promql, exploreHref }: Props) {
  const styles = useStyles2(getStyles);
  return (
    <Stack direction="column" gap={1}>
      <pre className={styles.code} data-testid={TEST_IDS.drawer.promql} tabIndex={0}>
        {promql}
      </pre>
      <Stack direction="row" gap={1}>
        <ClipboardButton variant="secondary" size="sm" icon="copy" getText={() => promql}>
          <Trans i18nKey="promql.copy">Copy</Trans>
        </ClipboardButton>
        {exploreHref !== null && (
          <LinkButton variant="secondary" size="sm" icon="compass" href={exploreHref}>
            <Trans i18nKey="promql.explore">Open in Explore</Trans>
          </LinkButton>
        )}
      </Stack>
    </Stack>
  );
}

const getStyles = (theme: GrafanaTheme2) => ({
  code: css({
    margin: 0,
    maxHeight: theme.spacing(24),
    overflow: 'auto',
    whiteSpace: 'pre-wrap',
    overflowWrap: 'anywhere',
    fontSize: theme.typography.bodySmall.fontSize,
  }),
});
