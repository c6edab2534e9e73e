import { getBackendSrv } from '@grafana/runtime';
import { lastValueFrom } from 'rxjs';
import { toProblem } from './problem';

export type QueryValue = string | number | boolean | undefined | readonly string[];

export type Call = {
  method?: 'GET' | 'POST' | 'PUT' | 'PATCH' | 'DELETE';
  query?: Record<string, QueryValue>;
  body?: unknown;
  signal?: AbortSignal;
};

/** Calls the agent at `path` (such as `/api/v1/clusters`). @throws AgentProblem */
export type Transport = <T>(path: string, call?: Call) => Promise<T>;

/** `key=a&key=b` for lists; what is undefined or empty is left out. */
export function queryText(query: Record<string, QueryValue>): string {
  const text = new URLSearchParams();
  for (const [key, value] of Object.entries(query)) {
    const values = Array.isArray(value) ? value : [value];
    for (const one of values) if (one !== undefined && one !== '') text.append(key, String(one));
  }
  return text.toString();
}

/** Through Grafana's proxy of the data source at `baseUrl`: Grafana adds the token, the browser never has it. */
export function proxyTransport(baseUrl: string): Transport {
  return async <T>(path: string, { method = 'GET', query = {}, body, signal }: Call = {}): Promise<T> => {
    const text = queryText(query);
    const options = {
      url: `${baseUrl}/agent${path}${text === '' ? '' : `?${text}`}`,
      method,
      data: body,
      showErrorAlert: false,
      showSuccessAlert: false,
      ...(signal && { abortSignal: signal }),
    };
    try {
      return (await lastValueFrom(getBackendSrv().fetch<T>(options))).data;
    } catch (error) {
      throw toProblem(error);
    }
  };
}
