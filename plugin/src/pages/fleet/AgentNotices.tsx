import { t } from '@grafana/i18n';
import { Alert } from '@grafana/ui';
import type { SummaryAnswer } from '@hpa-watch/agent/contract';
import { TEST_IDS } from '../../view/test-ids';

type Notice = SummaryAnswer['notices'][number];

/** What happened to the agent itself, in its own words; it says so until somebody has dealt with it. */
export function AgentNotices({ notices }: { notices: readonly Notice[] }) {
  return notices.map(({ code, message }) => (
    <Alert key={`${code} ${message}`} severity="warning" title={titleOf(code)} data-testid={TEST_IDS.fleet.notice}>
      {message}
    </Alert>
  ));
}

function titleOf(code: Notice['code']): string {
  switch (code) {
    case 'database/rebuilt':
      return t('fleet.notice.database-rebuilt', 'The agent began a new database');
    case 'credential/not-used':
      return t('fleet.notice.credential-not-used', 'A token or certificate file is not used as it is');
  }
}
