import { connect } from 'node:net';

export type RawAnswer = { status: number; headers: Map<string, string>; body: string };

/** `hung`: the agent neither answered all nor closed in time. */
export type RawOutcome = { answers: RawAnswer[]; hung: boolean };

const END_OF_HEAD = '\r\n\r\n';

/**
 * Sends these bytes on a connection of its own, says that nothing more comes (unless told otherwise), and reads until the agent closes. An event
 * stream, which never ends, is left when its head is there.
 */
export function sendRaw(
  { port, host = '127.0.0.1' }: { port: number; host?: string },
  bytes: Buffer | string,
  { patienceMs = 10_000, endsSending = true } = {},
): Promise<RawOutcome> {
  return new Promise((resolve) => {
    const chunks: Buffer[] = [];
    const socket = connect({ port, host, allowHalfOpen: true });
    const settle = (hung: boolean) => {
      clearTimeout(timer);
      socket.destroy();
      resolve({ answers: answersIn(Buffer.concat(chunks).toString('latin1')), hung });
    };
    const timer = setTimeout(() => settle(true), patienceMs);
    socket.on('data', (chunk) => {
      chunks.push(chunk);
      if (chunk.includes('text/event-stream')) settle(false);
    });
    socket.on('end', () => settle(false));
    // The agent may close while bytes are still on their way to it.
    socket.on('error', () => settle(false));
    if (endsSending) socket.end(bytes);
    else socket.write(bytes);
  });
}

/** All answers in what came back, one after another; an answer to HEAD is the last one. */
export function answersIn(text: string): RawAnswer[] {
  const answers: RawAnswer[] = [];
  let rest = text;
  while (rest.startsWith('HTTP/1.')) {
    const end = rest.indexOf(END_OF_HEAD);
    const [first = '', ...lines] = (end < 0 ? rest : rest.slice(0, end)).split('\r\n');
    const headers = new Map(
      lines.map((line) => [line.replace(/:.*/s, '').toLowerCase(), line.replace(/^[^:]*: */, '')]),
    );
    const status = Number(first.split(' ')[1]);
    const after = end < 0 ? '' : rest.slice(end + END_OF_HEAD.length);
    const { body, left } = bodyOf(status, headers, after);
    answers.push({ status, headers, body });
    rest = left;
  }
  return answers;
}

function bodyOf(status: number, headers: Map<string, string>, after: string): { body: string; left: string } {
  if (status < 200 || status === 204 || status === 304) return { body: '', left: after };
  if (headers.get('transfer-encoding') === 'chunked') return chunked(after);
  const length = Number(headers.get('content-length') ?? after.length);
  return { body: after.slice(0, length), left: after.slice(length) };
}

function chunked(text: string): { body: string; left: string } {
  let body = '';
  let rest = text;
  for (;;) {
    const size = /^([0-9a-f]+)\r\n/i.exec(rest);
    if (!size?.[1]) return { body, left: '' };
    const length = Number.parseInt(size[1], 16);
    const from = size[0].length;
    body += rest.slice(from, from + length);
    rest = rest.slice(from + length + 2);
    if (length === 0) return { body, left: rest };
  }
}
