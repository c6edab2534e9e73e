import { AgentError } from '../../core/errors.ts';

type Asked = { host: string | undefined; origin: string | undefined; fetchSite: string | undefined };

/**
 * Refuses what another page sends: a browser names the page that asks in Origin (absent for plain navigation) and tells by Sec-Fetch-Site
 * whether it is the same one.
 * @throws AgentError `auth/origin-denied`
 */
export function checkOrigin({ host, origin, fetchSite }: Asked): void {
  const own = host?.toLowerCase() ?? '';
  const isOwn = origin === undefined || [`http://${own}`, `https://${own}`].includes(origin.toLowerCase());
  const isSame = fetchSite === undefined || fetchSite === 'same-origin' || fetchSite === 'none';
  if (isOwn && isSame) return;
  throw new AgentError('auth/origin-denied', 'The preview answers only to its own page', {
    details: { field: 'Origin', value: origin ?? fetchSite, allowed: `http://${own}` },
  });
}
