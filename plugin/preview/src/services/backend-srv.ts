import { AppEvents } from '@grafana/data';
import {
  getAppEvents,
  type BackendSrv,
  type BackendSrvRequest,
  type FetchError,
  type FetchResponse,
} from '@grafana/runtime';
import { lastValueFrom, Observable } from 'rxjs';

const isAbort = (error: unknown): boolean => error instanceof DOMException && error.name === 'AbortError';

/** Calls under way that a later one with the same id replaces. */
const running = new Map<string, AbortController>();

/** Grafana's way to its server, as documented at `BackendSrv`: paths are relative to the sub-path, failures are a `FetchError`. */
export const backendSrv: BackendSrv = {
  get: (url, params, requestId, options) =>
    dataOf({ ...options, method: 'GET', url, params: params as object, requestId }),
  delete: (url, data, options) => dataOf({ ...options, method: 'DELETE', url, data }),
  post: (url, data, options) => dataOf({ ...options, method: 'POST', url, data }),
  patch: (url, data, options) => dataOf({ ...options, method: 'PATCH', url, data }),
  put: (url, data, options) => dataOf({ ...options, method: 'PUT', url, data }),
  request: (options) => dataOf(options),
  datasourceRequest: <T>(options: BackendSrvRequest) => lastValueFrom(observe<T>(options)),
  fetch: observe,
  chunked: () => {
    throw new Error('The preview has no chunked calls');
  },
};

const dataOf = async <T>(options: BackendSrvRequest): Promise<T> => (await lastValueFrom(observe<T>(options))).data;

function observe<T>(options: BackendSrvRequest): Observable<FetchResponse<T>> {
  return new Observable((subscriber) => {
    const abort = new AbortController();
    const { requestId, abortSignal } = options;
    if (requestId !== undefined) {
      running.get(requestId)?.abort();
      running.set(requestId, abort);
    }
    if (abortSignal?.aborted === true) abort.abort();
    abortSignal?.addEventListener('abort', () => abort.abort());
    send<T>(options, abort.signal).then(
      (sent) => {
        if ('failure' in sent) return subscriber.error(sent.failure);
        subscriber.next(sent.answer);
        subscriber.complete();
      },
      (error: unknown) => subscriber.error(error),
    );
    return () => abort.abort();
  });
}

type Failure = FetchError<{ message?: string } | null>;
type Sent<T> = { answer: FetchResponse<T> } | { failure: Failure };

async function send<T>(config: BackendSrvRequest, signal: AbortSignal): Promise<Sent<T>> {
  let answer: Response;
  let body: unknown;
  try {
    answer = await fetch(addressOf(config), { signal, ...requestOf(config) });
    body = await read(answer, config.responseType);
  } catch (error) {
    if (!isAbort(error)) throw error;
    return { failure: { status: -1, statusText: 'Request was aborted', cancelled: true, data: null, config } };
  }
  const { status, statusText, ok, redirected, type, url, headers } = answer;
  if (ok) return { answer: { data: body as T, status, statusText, ok, redirected, type, url, headers, config } };
  const failure: Failure = { status, statusText, data: failureOf(body, statusText), config };
  if (config.showErrorAlert !== false) alertLater(failure);
  return { failure };
}

function requestOf({ method = 'GET', data, headers = {} }: BackendSrvRequest): RequestInit {
  const body: unknown = data;
  const isJson = body !== undefined && !(body instanceof FormData) && typeof body !== 'string';
  return {
    method,
    headers: {
      accept: 'application/json, text/plain, */*',
      ...(isJson && { 'content-type': 'application/json' }),
      ...(headers as Record<string, string>),
    },
    ...(body !== undefined && { body: isJson ? JSON.stringify(body) : body }),
  };
}

type Param = string | number | boolean | null | undefined;

/** Relative to the page's base, which is the sub-path. */
function addressOf({ url, params = {} }: BackendSrvRequest): URL {
  const base = new URL(document.baseURI);
  const address = new URL(url.startsWith(base.pathname) ? url : url.replace(/^\//, ''), base);
  for (const [key, value] of Object.entries(params as Record<string, Param | Param[]>))
    for (const one of Array.isArray(value) ? value : [value])
      if (one !== undefined && one !== null) address.searchParams.append(key, String(one));
  return address;
}

async function read(answer: Response, as: BackendSrvRequest['responseType']): Promise<unknown> {
  if (as === 'arraybuffer') return answer.arrayBuffer();
  if (as === 'blob') return answer.blob();
  const text = await answer.text();
  if (as === 'text') return text;
  try {
    return JSON.parse(text) as unknown;
  } catch {
    return text;
  }
}

/** A failure always has data with a message. */
function failureOf(body: unknown, statusText: string): object {
  if (typeof body === 'object' && body !== null) {
    const { message, error } = body as { message?: unknown; error?: unknown };
    return message === undefined && typeof error === 'string' ? { ...body, message: error } : body;
  }
  const text = typeof body === 'string' ? body : '';
  return { message: text === '' ? 'Unexpected error' : text, error: statusText, response: text };
}

/** Whoever handles the failure may say so (`isHandled`) before a person is told. */
function alertLater(failure: Failure): void {
  setTimeout(() => {
    const text = failure.data?.message ?? failure.statusText;
    if (failure.isHandled !== true) getAppEvents().publish({ type: AppEvents.alertError.name, payload: [text] });
  }, 50);
}
