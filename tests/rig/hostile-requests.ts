import { gzipSync } from 'node:zlib';
import fc from 'fast-check';
import {
  BODY_FAULTS,
  CREDENTIALS,
  FIELD_NAMES,
  HEADER_FAULTS,
  HOSTS,
  hostileText,
  LINE_FAULTS,
  METHODS,
  SEGMENTS,
  type Credential,
} from './hostile-parts.ts';

/** A path of the OpenAPI document and the methods it has. */
export type Surface = { path: string; methods: string[] };

export type HostileRequest = {
  bytes: Buffer;
  /** The path of the OpenAPI document that it is made of. */
  place: string;
  /** Of the request line, as far as there is one. */
  method: string;
  path: string;
  credential: Credential;
  /** Whether the Host header is one of the agent's own. */
  ownHost: boolean;
};

export type Tokens = { write: string; read: string };

/** What is there: an HPA that is watched, and the one address that may be added. */
export type Known = { key: [cluster: string, namespace: string, hpa: string]; prometheusUrl: string };

/** Which tokens a call shows, as lines of its head. */
export function authorization(credential: Credential, { write, read }: Tokens): string[] {
  switch (credential) {
    case 'none':
      return [];
    case 'write':
      return [`Authorization: Bearer ${write}`];
    case 'read':
      return [`Authorization: Bearer ${read}`];
    case 'half':
      return [`Authorization: Bearer ${write.slice(0, -1)}`];
    case 'basic':
      return [`Authorization: Basic ${Buffer.from(`admin:${write}`).toString('base64')}`];
    case 'twice':
      // The first one counts, the second is dropped: neither may be joined into something that fits.
      return ['Authorization: Bearer wrong-0123456789abcdef', `Authorization: Bearer ${write}`];
    case 'elsewhere':
      return [`X-Api-Key: ${write}`, `Cookie: token=${write}; hpa-watch-preview=${write}`, `Token: ${write}`];
    case 'list':
      return [`Authorization: Bearer ${read}, Bearer ${write}`];
    case 'wrong':
      return [`Authorization: Bearer wrong-0123456789abcdef`];
  }
}

/** `count` requests over every path of `surface`, the same ones for the same seed. */
export function hostileRequests(
  surface: readonly Surface[],
  tokens: Tokens,
  { seed, count, ...known }: { seed: number; count: number } & Known,
): HostileRequest[] {
  return fc.sample(requestOver(surface, tokens, known), { seed, numRuns: count });
}

const requestOver = (surface: readonly Surface[], tokens: Tokens, known: Known): fc.Arbitrary<HostileRequest> =>
  fc
    .record({
      place: fc.constantFrom(...surface),
      methodOf: fc.nat(9),
      otherMethod: fc.constantFrom(...METHODS),
      segments: fc.array(fc.constantFrom(...SEGMENTS), { minLength: 4, maxLength: 4 }),
      isPlain: fc.boolean(),
      query: queries,
      host: fc.constantFrom(...HOSTS),
      credential: fc.constantFrom(...CREDENTIALS),
      body: bodies(known),
      head: sometimes(fc.constantFrom(...HEADER_FAULTS)),
      line: sometimes(fc.constantFrom(...LINE_FAULTS)),
    })
    .map((parts) => {
      const { place, credential, host, body, head, line } = parts;
      const method =
        parts.methodOf < 8 ? (place.methods[parts.methodOf % place.methods.length] ?? 'GET') : parts.otherMethod;
      const names = parts.isPlain ? known.key : parts.segments;
      let index = 0;
      const path = place.path.replaceAll(/\{\w+\}/g, () => names[index++ % names.length] ?? '');
      const target = `${path}${parts.query}`;
      const hasBody = !['GET', 'HEAD'].includes(method) || body.always;
      const lines = [
        ...(host === null ? [] : [`Host: ${host}`]),
        ...authorization(credential, tokens),
        'Connection: close',
        ...(hasBody ? body.lines : []),
        ...(head ?? []),
      ];
      const first = line === null ? `${method} ${target} HTTP/1.1` : line(method, target);
      const bytes = Buffer.concat([
        Buffer.from(`${first}\r\n${lines.join('\r\n')}\r\n\r\n`, 'latin1'),
        hasBody ? body.bytes : Buffer.alloc(0),
      ]);
      return {
        bytes,
        place: place.path,
        method,
        path,
        credential,
        ownHost: host === '127.0.0.1' || host === 'LOCALHOST:1',
      };
    });

const sometimes = <T>(arbitrary: fc.Arbitrary<T>): fc.Arbitrary<T | null> =>
  fc.oneof({ weight: 4, arbitrary: fc.constant(null) }, { weight: 1, arbitrary });

const queries: fc.Arbitrary<string> = fc.oneof(
  { weight: 6, arbitrary: fc.constant('') },
  {
    weight: 3,
    arbitrary: fc
      .array(fc.tuple(fc.constantFrom(...FIELD_NAMES), hostileText), { minLength: 1, maxLength: 4 })
      .map((pairs) => `?${pairs.map(([name, text]) => `${encodeURIComponent(name)}=${encoded(text)}`).join('&')}`),
  },
  {
    weight: 1,
    arbitrary: fc.constantFrom(
      `?${'limit=1&'.repeat(1_200)}`,
      `?q=${'a'.repeat(30_000)}`,
      '?__proto__[admin]=1&constructor[prototype][x]=1&__proto__=1',
      '?limit[]=1&limit[a]=2',
      '?%',
      '?%zz=%00',
      '?&&==&',
      '??x?y',
      '?limit=1#x',
    ),
  },
);

/** Lone surrogates cannot be percent-encoded. */
const encoded = (text: string): string => encodeURIComponent(text.toWellFormed());

type Body = { lines: string[]; bytes: Buffer; always?: boolean };

const JSON_TYPE = 'Content-Type: application/json';
const plain = (text: string | Buffer, type = JSON_TYPE): Body => {
  const bytes = Buffer.from(text);
  return { lines: [type, `Content-Length: ${bytes.length}`], bytes };
};

const bodies = (known: Known): fc.Arbitrary<Body> =>
  fc.oneof(
    { weight: 6, arbitrary: shaped(known).map((value) => plain(JSON.stringify(value))) },
    { weight: 2, arbitrary: fc.json({ maxDepth: 6 }).map((text) => plain(text)) },
    { weight: 3, arbitrary: fc.constantFrom(...BODY_FAULTS.map(({ text, type }) => plain(text, type))) },
    { weight: 3, arbitrary: fc.constantFrom(...framed) },
  );

/** What the routes know as fields, with values that fit or do not. */
const shaped = ({ key, prometheusUrl }: Known): fc.Arbitrary<unknown> => {
  const scalar = fc.oneof(
    hostileText,
    fc.constantFrom<unknown>(
      ...key,
      'other',
      prometheusUrl,
      true,
      false,
      null,
      -1,
      0,
      1e308,
      [],
      {},
      '2h',
      '2026-01-05T10:00:00Z',
    ),
  );
  const target = fc.record(
    {
      target: scalar,
      refId: scalar,
      hide: scalar,
      payload: fc.dictionary(fc.constantFrom(...FIELD_NAMES), scalar, { maxKeys: 4 }),
    },
    { requiredKeys: [] },
  );
  const fields = fc.dictionary(fc.constantFrom(...FIELD_NAMES), scalar, { maxKeys: 5 });
  return fc.oneof(
    fields,
    fc.record({ cluster: scalar, namespace: scalar, hpa: scalar }),
    fc.constant({ cluster: key[0], namespace: key[1], hpa: key[2] }),
    fc.record({ items: fc.array(fc.record({ cluster: scalar, namespace: scalar, hpa: scalar }), { maxLength: 3 }) }),
    fc.record({
      targets: fc.array(target, { maxLength: 4 }),
      range: fc.record({ from: scalar, to: scalar }),
      maxDataPoints: scalar,
      intervalMs: scalar,
    }),
  );
};

const bomb = gzipSync(Buffer.alloc(20_000_000, 'a'));

/** Bodies whose framing is the attack. */
const framed: Body[] = [
  { lines: [JSON_TYPE, 'Content-Encoding: gzip', `Content-Length: ${bomb.length}`], bytes: bomb },
  { lines: [JSON_TYPE, 'Content-Encoding: br, gzip', 'Content-Length: 2'], bytes: Buffer.from('{}') },
  { lines: [JSON_TYPE, 'Content-Length: 99'], bytes: Buffer.from('{}') },
  { lines: [JSON_TYPE, 'Content-Length: 99999999999999999999'], bytes: Buffer.from('{}') },
  { lines: [JSON_TYPE, 'Content-Length: -1'], bytes: Buffer.from('{}') },
  { lines: [JSON_TYPE, 'Content-Length: 2', 'Content-Length: 3'], bytes: Buffer.from('{} ') },
  { lines: [JSON_TYPE, 'Transfer-Encoding: chunked'], bytes: Buffer.from('2\r\n{}\r\n0\r\n\r\n') },
  { lines: [JSON_TYPE, 'Transfer-Encoding: chunked'], bytes: Buffer.from('ffffffffffffffff\r\n{}') },
  { lines: [JSON_TYPE, 'Transfer-Encoding: chunked'], bytes: Buffer.from('2;x="\r\n{}\r\n0\r\nX: y\r\n\r\n') },
  {
    lines: [JSON_TYPE, 'Transfer-Encoding: chunked', 'Content-Length: 2'],
    bytes: Buffer.from('0\r\n\r\nGET /metrics HTTP/1.1\r\n\r\n'),
  },
  { lines: [JSON_TYPE, 'Transfer-Encoding: xchunked', 'Content-Length: 2'], bytes: Buffer.from('{}'), always: true },
  { lines: [JSON_TYPE, 'Transfer-Encoding : chunked'], bytes: Buffer.from('0\r\n\r\n'), always: true },
  { lines: [JSON_TYPE, 'Content-Length: 2000000'], bytes: Buffer.from(JSON.stringify({ x: 'a'.repeat(1_999_992) })) },
];
