import type { InterpolateFunction } from '@grafana/data';
import { useMemo } from 'react';
import { agentOrProblem, type Agent } from '../api/agent';
import type { AgentProblem } from '../api/problem';

/** The agent that a panel without queries asks: of the chosen data source, which may be a variable such as `${datasource}`. */
export function usePanelAgent(chosen: string, replaceVariables: InterpolateFunction): Agent | AgentProblem {
  const uid = replaceVariables(chosen);
  return useMemo(() => agentOrProblem(uid === '' ? null : uid), [uid]);
}
