import type { Page } from '@playwright/test';

/** Names of controls: those that Tab passes by, those where nothing shows that the focus is there, and how many it came to. */
export type TabOrder = { unreached: string[]; unseen: string[]; reached: number };

type Walk = {
  looksOf: (element: Element) => string;
  looks: Map<Element, string>;
  visited: Set<Element>;
  unseen: string[];
};
type Walking = Window & { walk?: Walk };

const MOST_STEPS = 600;

/** Presses Tab from the top of the page until the focus has been through `within`. */
export async function tabThrough(page: Page, within: string): Promise<TabOrder> {
  await page.evaluate(rememberLooks, within);
  for (let step = 0; step < MOST_STEPS; step++) {
    await page.keyboard.press('Tab');
    if (await page.evaluate(visit, within)) break;
  }
  return page.evaluate(result, within);
}

// These run in the page, each by itself.

/** How each control looks without the focus. */
function rememberLooks(within: string): void {
  const looksOf = (element: Element): string =>
    [element, element.nextElementSibling, element.parentElement, element.parentElement?.parentElement]
      .flatMap((one) => (one ? ['', '::before', '::after'].map((part) => getComputedStyle(one, part)) : []))
      .map(({ outline, boxShadow, borderColor, backgroundColor, textDecoration }) =>
        [outline, boxShadow, borderColor, backgroundColor, textDecoration].join(),
      )
      .join('|');
  (document.activeElement as HTMLElement | null)?.blur();
  const controls = document.querySelectorAll(`${within} :is(a[href], button, input, select, textarea, [tabindex])`);
  const looks = new Map([...controls].map((one) => [one, looksOf(one)]));
  (window as Walking).walk = { looksOf, looks, visited: new Set(), unseen: [] };
}

/**
 * Notes where the focus is; true once it has left what it went through. It waits until the page has drawn: a long list holds only the rows about what is
 * seen, where the focus scrolls it the next rows come with the frame after, and a Tab before that would go past them. A frame tells of scrolling before it
 * calls back, and what is told then (React draws by a message) goes before a message that is posted after it.
 */
async function visit(within: string): Promise<boolean> {
  await new Promise<void>((resolve) => {
    const { port1, port2 } = new MessageChannel();
    port1.onmessage = () => {
      port1.close();
      resolve();
    };
    requestAnimationFrame(() => port2.postMessage(null));
  });
  const walk = (window as Walking).walk;
  const focused = document.activeElement;
  if (!walk || !focused) throw new Error('nothing is remembered');
  if (!focused.closest(within)) return walk.visited.size > 0;
  if (walk.visited.has(focused)) return true;
  walk.visited.add(focused);
  if (walk.looksOf(focused) === walk.looks.get(focused)) walk.unseen.push(focused.outerHTML.slice(0, 200));
  return false;
}

/** Of a group of radio buttons Tab comes to one; arrow keys go on from there. */
function result(within: string): TabOrder {
  const walk = (window as Walking).walk;
  if (!walk) throw new Error('nothing is remembered');
  const isOffered = (element: Element): boolean =>
    element instanceof HTMLElement &&
    element.tabIndex >= 0 &&
    element.isConnected &&
    element.closest('[aria-hidden=true], [inert]') === null &&
    element.checkVisibility({ visibilityProperty: true }) &&
    !element.matches(':disabled, [type=hidden], [type=radio]:not(:checked)');
  const controls = document.querySelectorAll(`${within} :is(a[href], button, input, select, textarea, [tabindex])`);
  const unreached = [...controls].filter((one) => isOffered(one) && !walk.visited.has(one));
  return {
    unreached: unreached.map((one) => one.outerHTML.slice(0, 200)),
    unseen: walk.unseen,
    reached: walk.visited.size,
  };
}
