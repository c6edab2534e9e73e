export const ORIGIN_ALLOWED = 'an origin as a browser names it, such as "https://grafana.example:3000" (no path, no *)';

/** Exactly what a browser sends as Origin: scheme, name and port where it is not the usual one, in lower case. */
export const isOrigin = (text: string): boolean =>
  /^https?:/.test(text) && URL.canParse(text) && new URL(text).origin === text;
