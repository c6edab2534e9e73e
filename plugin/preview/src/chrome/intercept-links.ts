import { locationService } from '@grafana/runtime';
import { history } from './history';

/** Where a click on this link leads within the page; null: the browser's own business. */
function placeOf(event: MouseEvent): string | null {
  const isPlain = event.button === 0 && !event.defaultPrevented;
  if (!isPlain || event.metaKey || event.ctrlKey || event.shiftKey || event.altKey) return null;
  const link = event.target instanceof Element ? event.target.closest('a[href]') : null;
  if (!(link instanceof HTMLAnchorElement) || link.hasAttribute('download') || !['', '_self'].includes(link.target))
    return null;
  const { origin, pathname, search, hash } = new URL(link.href);
  const base = history.createHref({ pathname: '/' }).replace(/\/$/, '');
  const isOwn = origin === location.origin && (pathname === base || pathname.startsWith(`${base}/`));
  if (!isOwn || (hash !== '' && link.getAttribute('href')?.startsWith('#') === true)) return null;
  return `${pathname.slice(base.length) || '/'}${search}${hash}`;
}

/** Links of the page change the place without loading it anew, wherever they stand: Grafana does so for plain anchors of plugins. */
export function interceptLinks(): void {
  document.addEventListener('click', (event) => {
    const place = placeOf(event);
    if (place === null) return;
    event.preventDefault();
    locationService.push(place);
  });
}
