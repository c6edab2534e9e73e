import { afterEach, beforeEach, expect, jest, test } from '@jest/globals';
import { EventBusSrv } from '@grafana/data';
import { isFetchError, setAppEvents, type BackendSrvRequest } from '@grafana/runtime';
import { lastValueFrom } from 'rxjs';
import { backendSrv } from './backend-srv';

type Asked = { url: string; init: RequestInit };

let asked: Asked[];
const told: unknown[] = [];

/** Answers every call so; the browser's own fetch is not there in jsdom. */
function serverAnswers(status: number, body: string): void {
  const statusText = status === 502 ? 'Bad Gateway' : '';
  const answer = { status, statusText, ok: status < 400, redirected: false, type: 'basic', url: 'x', headers: {} };
  globalThis.fetch = (url, init = {}) => {
    asked.push({ url: (url as URL).href, init });
    if (init.signal?.aborted === true) return Promise.reject(new DOMException('aborted', 'AbortError'));
    return Promise.resolve({ ...answer, text: () => Promise.resolve(body) } as unknown as Response);
  };
}

beforeEach(() => {
  asked = [];
  told.splice(0);
  document.head.innerHTML = '<base href="http://localhost/preview/">';
  const events = new EventBusSrv();
  events.subscribe({ type: 'alert-error' } as never, (event) => told.push(event));
  setAppEvents(events);
  jest.useFakeTimers();
});
afterEach(() => {
  jest.useRealTimers();
});

const fetched = (options: Partial<BackendSrvRequest> & { url: string }) => lastValueFrom(backendSrv.fetch(options));

test.each([
  ['/api/x', 'http://localhost/preview/api/x'],
  ['api/x', 'http://localhost/preview/api/x'],
  ['/preview/api/datasources/proxy/uid/a', 'http://localhost/preview/api/datasources/proxy/uid/a'],
])('%s is below the sub-path', async (url, address) => {
  serverAnswers(200, '{}');
  await fetched({ url });
  expect(asked[0]?.url).toBe(address);
});

test('sends JSON and parameters, answers what came', async () => {
  serverAnswers(200, '{"a":1}');
  const answer = await fetched({
    url: 'x',
    method: 'POST',
    data: { b: [2] },
    params: { q: ['1', '2'], none: undefined },
  });
  expect(answer).toMatchObject({ data: { a: 1 }, status: 200, ok: true });
  expect(asked[0]?.url).toBe('http://localhost/preview/x?q=1&q=2');
  expect(asked[0]?.init).toMatchObject({
    method: 'POST',
    body: '{"b":[2]}',
    headers: { 'content-type': 'application/json' },
  });
});

test.each([
  [404, '{"code":"hpa/not-found","message":"no HPA"}', { code: 'hpa/not-found', message: 'no HPA' }],
  [400, 'Authentication to data source failed', { message: 'Authentication to data source failed' }],
  [502, '', { message: 'Unexpected error' }],
  [500, '{"error":"broken"}', { error: 'broken', message: 'broken' }],
])('%i %s is an error with a message', async (status, body, data) => {
  serverAnswers(status, body);
  const error = await fetched({ url: 'x', showErrorAlert: false }).catch((thrown: unknown) => thrown);
  expect(isFetchError(error)).toBe(true);
  expect(error).toMatchObject({ status, data, config: { url: 'x' } });
});

test('an aborted call is cancelled', async () => {
  serverAnswers(200, '{}');
  const abort = new AbortController();
  abort.abort();
  const error = await fetched({ url: 'x', abortSignal: abort.signal }).catch((thrown: unknown) => thrown);
  expect(error).toMatchObject({ cancelled: true, status: -1 });
});

test('a later call with the same id aborts the one before', async () => {
  serverAnswers(200, '{}');
  const first = fetched({ url: 'x', requestId: 'A' });
  const second = fetched({ url: 'x', requestId: 'A' });
  expect(asked[0]?.init.signal?.aborted).toBe(true);
  expect(asked[1]?.init.signal?.aborted).toBe(false);
  await Promise.all([first, second]);
});

test.each([
  ['is told', {}, 1],
  ['is not told where that is not wished', { showErrorAlert: false }, 0],
])('a failure %s', async (_, options, count) => {
  serverAnswers(500, '{"message":"broken"}');
  await fetched({ url: 'x', ...options }).catch(() => undefined);
  jest.runAllTimers();
  expect(told).toHaveLength(count);
});
