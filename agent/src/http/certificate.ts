import { X509Certificate } from 'node:crypto';
import { createSecureContext } from 'node:tls';
import { AgentError } from '../core/errors.ts';

/** PEM texts that belong together. */
export type CertificatePair = { cert: string; key: string; expiresAt: number };

/**
 * A certificate (with its chain) and its key, checked to belong together and to be of use now.
 * @throws AgentError `config/invalid`; nothing of the key stands in its message
 */
export function certificatePair(cert: string, key: string, now: number): CertificatePair {
  let leaf: X509Certificate;
  try {
    leaf = new X509Certificate(cert);
  } catch (cause) {
    throw broken('tls.cert', 'holds no certificate in PEM', cause);
  }
  try {
    createSecureContext({ cert, key });
  } catch (cause) {
    const why = /key values mismatch/i.test(String(cause))
      ? 'does not belong to tls.cert'
      : 'holds no private key in PEM without a passphrase';
    throw broken('tls.key', why, cause);
  }
  const expiresAt = Date.parse(leaf.validTo);
  if (expiresAt <= now) throw broken('tls.cert', `has expired on ${new Date(expiresAt).toISOString()}`);
  return { cert, key, expiresAt };
}

const broken = (setting: string, why: string, cause?: unknown): AgentError =>
  new AgentError('config/invalid', `${setting} ${why}`, { cause });
