import { t, Trans } from '@grafana/i18n';
import { Alert, Button, LinkButton, Stack, Text } from '@grafana/ui';
import type { AgentProblem } from '../api/problem';
import { plain } from './plain';
import { problemText } from './problem-text';
import { TEST_IDS } from './test-ids';
import { formatSeconds } from './time';

type Props = {
  problem: AgentProblem;
  /** When what is still shown was read (epoch ms); null: nothing is shown, the read failed. */
  staleSince: number | null;
  onRetry?: () => void;
  /** Where the data source is set up; offered where that can mend it. */
  settingsUrl?: string;
};

const MENDED_IN_SETTINGS = new Set<AgentProblem['kind']>(['unreachable', 'token', 'no-data-source']);

/** A failed or a stale state: what, why, what to do, and a retry. */
export function ProblemNotice({ problem, staleSince, onRetry, settingsUrl }: Props) {
  const { title, advice } = problemText(problem.kind);
  return (
    <Alert
      data-testid={TEST_IDS.problem}
      data-kind={problem.kind}
      severity={staleSince === null ? 'error' : 'warning'}
      title={staleSince === null ? title : staleTitle(title, staleSince)}
    >
      <Stack direction="row" gap={2} alignItems="center" justifyContent="space-between" wrap="wrap">
        <Stack direction="column" gap={0.5}>
          <span>{advice}</span>
          <Text variant="bodySmall" color="secondary">
            {problem.message}
          </Text>
        </Stack>
        <Stack direction="row" gap={1}>
          {settingsUrl !== undefined && MENDED_IN_SETTINGS.has(problem.kind) && (
            <LinkButton href={settingsUrl} variant="secondary" size="sm" icon="cog">
              <Trans i18nKey="problem.settings">Data source settings</Trans>
            </LinkButton>
          )}
          {onRetry && (
            <Button onClick={onRetry} variant="secondary" size="sm" icon="sync">
              <Trans i18nKey="problem.retry">Try again</Trans>
            </Button>
          )}
        </Stack>
      </Stack>
    </Alert>
  );
}

const staleTitle = (title: string, since: number): string =>
  t('problem.stale', '{{title}}: shown is what was known at {{time}}', plain({ title, time: formatSeconds(since) }));
