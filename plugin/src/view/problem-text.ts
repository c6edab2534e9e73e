import { t } from '@grafana/i18n';
import type { ProblemKind } from '../api/problem';

/** What happened and what a person can do about it. */
export type ProblemText = { title: string; advice: string };

export const problemText = (kind: ProblemKind): ProblemText =>
  ({
    unreachable: {
      title: t('problem.unreachable.title', 'Grafana does not reach the agent'),
      advice: t(
        'problem.unreachable.advice',
        'Check that the agent runs, and that the address in the data source is the one it listens on.',
      ),
    },
    cluster: {
      title: t('problem.cluster.title', 'The cluster does not answer the agent'),
      advice: t(
        'problem.cluster.advice',
        'The agent goes on trying. The page Schedule shows the way to each cluster and what is wrong with it.',
      ),
    },
    database: {
      title: t('problem.database.title', 'The database of the agent does not answer'),
      advice: t(
        'problem.database.advice',
        'What is scanned meanwhile is kept on the disk of the agent, and what is missing is read from Prometheus later. See that the database runs, and that the agent reaches it.',
      ),
    },
    slow: {
      title: t('problem.slow.title', 'The agent did not answer in time'),
      advice: t('problem.slow.advice', 'It may be starting or busy. If this lasts, look at its log.'),
    },
    token: {
      title: t('problem.token.title', 'The agent does not know the token of the data source'),
      advice: t(
        'problem.token.advice',
        'Enter the token that the agent prints at its start in the settings of the data source.',
      ),
    },
    'read-only': {
      title: t('problem.read-only.title', 'Your role may look, but not change anything'),
      advice: t('problem.read-only.advice', 'Ask for the role Editor, or somebody who has it.'),
    },
    'not-found': {
      title: t('problem.not-found.title', 'The agent does not know this'),
      advice: t('problem.not-found.advice', 'It may have been removed, or the address of this page is wrong.'),
    },
    refused: {
      title: t('problem.refused.title', 'The agent refused this request'),
      advice: t('problem.refused.advice', 'The reason names what is wrong and what is allowed.'),
    },
    'no-data-source': {
      title: t('problem.no-data-source.title', 'Grafana does not know your agent yet'),
      advice: t('problem.no-data-source.advice', 'Add a data source of type HPA Watch.'),
    },
    failed: {
      title: t('problem.failed.title', 'Something went wrong'),
      advice: t('problem.failed.advice', 'Try again. If this lasts, look at the log of the agent.'),
    },
  })[kind];
