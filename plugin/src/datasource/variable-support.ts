import {
  CustomVariableSupport,
  type DataQueryRequest,
  type DataQueryResponse,
  type DataSourceApi,
} from '@grafana/data';
import { from, map, type Observable } from 'rxjs';
import type { Transport } from '../api/transport';
import type { Replace } from './interpolate';
import { readOptions } from './options';
import { saidInSentences } from './problem-sentence';
import type { HpaWatchQuery } from './query-model';
import type { AgentOptions } from './settings';
import { variableEditor } from './VariableEditor';
import { readVariable, type VariableQuery } from './variable-query';

/** Dashboard variables that are filled by the agent. */
export class HpaWatchVariables extends CustomVariableSupport<
  DataSourceApi<HpaWatchQuery, AgentOptions>,
  VariableQuery,
  HpaWatchQuery,
  AgentOptions
> {
  override editor: ReturnType<typeof variableEditor>;
  private readonly send: Transport;
  private readonly replace: Replace;

  constructor(send: Transport, replace: Replace) {
    super();
    this.send = send;
    this.replace = replace;
    this.editor = variableEditor((asked) => readOptions(send, replace, asked));
  }

  override getDefaultQuery(): Partial<VariableQuery> {
    return { variable: 'clusters' };
  }

  override query({ targets, scopedVars }: DataQueryRequest<VariableQuery>): Observable<DataQueryResponse> {
    const query = targets[0] ?? { refId: 'variable' };
    return from(saidInSentences(readVariable(query, scopedVars ?? {}, this.send, this.replace))).pipe(
      map((data) => ({ data })),
    );
  }
}
