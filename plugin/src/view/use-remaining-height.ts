import { useLayoutEffect, useState, type RefObject } from 'react';

const LEAST_PX = 320;
const BELOW_PX = 24;

/** How high an element may be (px) so that it ends with the window; where little is left, a useful height all the same. */
export function useRemainingHeight(ref: RefObject<HTMLElement | null>): number {
  const [height, setHeight] = useState(LEAST_PX);
  useLayoutEffect(() => {
    const measure = (): void => {
      const top = ref.current?.getBoundingClientRect().top ?? 0;
      setHeight(Math.max(LEAST_PX, Math.floor(window.innerHeight - top - BELOW_PX)));
    };
    measure();
    const observer = new ResizeObserver(measure);
    observer.observe(document.body);
    const parent = ref.current?.parentElement;
    for (const sibling of parent?.children ?? []) if (sibling !== ref.current) observer.observe(sibling);
    window.addEventListener('resize', measure);
    return () => {
      observer.disconnect();
      window.removeEventListener('resize', measure);
    };
  }, [ref]);
  return height;
}
