import { t } from '@grafana/i18n';
import { Alert, Stack, Text } from '@grafana/ui';
import type { SummaryAnswer } from '@hpa-watch/agent/contract';
import { TEST_IDS } from '../../view/test-ids';
import { plain } from '../../view/plain';
import { formatTime } from '../../view/time';

type Notice = SummaryAnswer['notices'][number];

/** What happened to the agent itself, and its own words for it; it says so until somebody has dealt with it. */
export function AgentNotices({ notices }: { notices: readonly Notice[] }) {
  return notices.map((notice) => {
    const { title, advice, severity } = textOf(notice);
    return (
      <Alert
        key={`${notice.code} ${notice.message}`}
        severity={severity}
        title={title}
        data-testid={TEST_IDS.fleet.notice}
        data-code={notice.code}
      >
        {advice === null ? (
          notice.message
        ) : (
          <Stack direction="column" gap={0.5}>
            <span>{advice}</span>
            <Text variant="bodySmall" color="secondary">
              {notice.message}
            </Text>
          </Stack>
        )}
      </Alert>
    );
  });
}

type NoticeText = { title: string; advice: string | null; severity: 'warning' | 'error' };

function textOf({ code, since }: Notice): NoticeText {
  switch (code) {
    case 'database/away':
      return {
        severity: 'warning',
        title: t(
          'fleet.notice.database-away',
          'The database of the agent takes nothing since {{time}}',
          plain({ time: timeOf(since) }),
        ),
        advice: t(
          'fleet.notice.database-away-advice',
          'Scanning goes on into a buffer on the disk of the agent; nothing is judged until the database has it, and shown is what was known before. See that the database runs, and that the agent reaches it.',
        ),
      };
    case 'database/buffer-full':
      return {
        severity: 'error',
        title: t(
          'fleet.notice.buffer-full',
          'Nothing is scanned: the database of the agent takes nothing since {{time}}, and the buffer for it is full',
          plain({ time: timeOf(since) }),
        ),
        advice: t(
          'fleet.notice.buffer-full-advice',
          'Once the database is back, what is missing is read from Prometheus, as far back as it keeps it. See that the database runs, and that the agent reaches it.',
        ),
      };
    case 'database/rebuilt':
      return {
        severity: 'warning',
        title: t('fleet.notice.database-rebuilt', 'The agent began a new database'),
        advice: null,
      };
    case 'credential/not-used':
      return {
        severity: 'warning',
        title: t('fleet.notice.credential-not-used', 'A token or certificate file is not used as it is'),
        advice: null,
      };
  }
}

const timeOf = (since: string | null): string => (since === null ? '?' : formatTime(since));
