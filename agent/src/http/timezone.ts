export const TIMEZONE_RULE = 'an IANA time zone such as Europe/Berlin, or null for UTC';

/** The canonical spelling of an IANA time zone; null for anything else (offsets such as +02:00 know no summer time). */
export function ianaTimezone(name: string): string | null {
  if (!/^[A-Za-z]/.test(name)) return null;
  try {
    return new Intl.DateTimeFormat('en', { timeZone: name }).resolvedOptions().timeZone;
  } catch {
    return null;
  }
}
