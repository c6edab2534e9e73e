import { execFile } from 'node:child_process';
import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';

const run = promisify(execFile);

/** A certificate for 127.0.0.1 that signs itself, made anew; PEM. */
export async function selfSigned(): Promise<{ cert: string; key: string }> {
  const dir = await mkdtemp(join(tmpdir(), 'hpa-watch-certificate-'));
  const [cert, key] = [join(dir, 'cert.pem'), join(dir, 'key.pem')];
  try {
    const what = ['-subj', '/CN=stub', '-addext', 'subjectAltName=IP:127.0.0.1', '-days', '2', '-nodes'];
    await run('openssl', [
      ...['req', '-x509', '-newkey', 'ec', '-pkeyopt', 'ec_paramgen_curve:prime256v1'],
      ...what,
      ...['-keyout', key, '-out', cert],
    ]);
    return { cert: await readFile(cert, 'utf8'), key: await readFile(key, 'utf8') };
  } finally {
    await rm(dir, { recursive: true, force: true });
  }
}

/** One for 127.0.0.1 that an authority of its own has signed; `days` below 0: it has expired. */
export async function signedByAuthority(days = 2): Promise<{ cert: string; key: string }> {
  const dir = await mkdtemp(join(tmpdir(), 'hpa-watch-certificate-'));
  const at = (name: string) => join(dir, name);
  const newKey = (name: string) => [
    '-newkey',
    'ec',
    '-pkeyopt',
    'ec_paramgen_curve:prime256v1',
    '-nodes',
    '-keyout',
    at(name),
  ];
  try {
    await run('openssl', [
      'req',
      '-x509',
      ...newKey('ca.key'),
      '-out',
      at('ca.pem'),
      '-subj',
      '/CN=authority',
      '-days',
      '2',
    ]);
    await run('openssl', ['req', ...newKey('key'), '-out', at('request'), '-subj', '/CN=agent']);
    const signed = [
      'x509',
      '-req',
      '-in',
      at('request'),
      '-CA',
      at('ca.pem'),
      '-CAkey',
      at('ca.key'),
      '-CAcreateserial',
    ];
    await run('openssl', [...signed, '-days', String(days), '-out', at('cert')]);
    return { cert: await readFile(at('cert'), 'utf8'), key: await readFile(at('key'), 'utf8') };
  } finally {
    await rm(dir, { recursive: true, force: true });
  }
}
