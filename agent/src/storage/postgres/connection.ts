import { Socket } from 'node:net';
import pg from 'pg';
import { AgentError } from '../../core/errors.ts';

export type PoolOptions = { url: string; connections: number; onSocket: (socket: Socket) => void };

const INT8 = 20;
const NUMERIC = 1700;
/** How long a connection may take to come about, or to come free. */
const CONNECT_MS = 10_000;
/** The server ends a statement itself before (STATEMENT_MS); beyond this it is taken to be frozen or cut off. */
const ANSWER_MS = 40_000;

/** What a server is to keep to in each transaction; a frozen agent must not hold its locks for long. */
export const STATEMENT_MS = 30_000;
export const IDLE_MS = 15_000;

/** All whole numbers that are kept here are safe ones: epoch ms, ids, counts. */
const types: pg.CustomTypesConfig = {
  getTypeParser: ((oid: number, format?: 'text' | 'binary') =>
    oid === INT8 || oid === NUMERIC
      ? Number
      : (pg.types.getTypeParser as (oid: number, format?: string) => unknown)(
          oid,
          format,
        )) as typeof pg.types.getTypeParser,
};

/** `host:port/database` of a URL, without user and password; what may stand in logs and errors. */
export function placeOf(url: string): string {
  const { hostname, port, pathname, searchParams } = parsed(url);
  const host = hostname || searchParams.get('host') || 'localhost';
  return `${decodeURIComponent(host)}:${port || searchParams.get('port') || '5432'}${pathname}`;
}

/** A pool that connects when it is first used. `sslmode` in the URL means what it means to libpq. */
export function createPool({ url, connections, onSocket }: PoolOptions): pg.Pool {
  const stream = (): Socket => {
    const socket = new Socket();
    onSocket(socket);
    return socket;
  };
  const limits = { max: connections, query_timeout: ANSWER_MS, idleTimeoutMillis: 30_000 };
  return new pg.Pool({ ...clientOptions(url), ...limits, stream });
}

/** One connection whose statements may take as long as they need (migrations). */
export const createClient = (url: string): pg.Client => new pg.Client(clientOptions(url));

function clientOptions(url: string): pg.ClientConfig {
  const address = parsed(url);
  // libpq's meaning: `require` encrypts, `verify-ca` and `verify-full` check the certificate as well.
  if (!address.searchParams.has('uselibpqcompat')) address.searchParams.set('uselibpqcompat', 'true');
  return {
    connectionString: address.href,
    application_name: 'hpa-watch',
    connectionTimeoutMillis: CONNECT_MS,
    keepAlive: true,
    types,
  };
}

/** libpq also knows `allow` and `prefer`, which take whatever they are given: nobody could say what they are good for. */
const SSL_MODES = ['disable', 'require', 'verify-ca', 'verify-full'];

function parsed(url: string): URL {
  const address = URL.canParse(url) ? new URL(url) : null;
  const sslMode = address?.searchParams.get('sslmode') ?? 'disable';
  if (!SSL_MODES.includes(sslMode))
    throw new AgentError('config/invalid', `sslmode in the URL of the database is none of ${SSL_MODES.join(', ')}`);
  if (address !== null && /^postgres(ql)?:$/.test(address.protocol)) return address;
  // The text itself may hold a password.
  throw new AgentError(
    'config/invalid',
    'The URL of the database is not one: postgres://USER:PASSWORD@HOST:PORT/DATABASE',
  );
}
