import type { SparklineItem } from '@hpa-watch/agent/contract';
import { useEffect, useRef, useState } from 'react';
import type { AgentClient } from '../../api/agent-client';
import { keyText } from './key-text';

/** The agent answers at most so many in one call. */
const MAX_A_CALL = 100;
/** Scrolling past rows asks for nothing: only where it rests. */
const DEBOUNCE_MS = 150;
const FRESH_MS = 60_000;
const LOOK_EVERY_MS = 10_000;

export type Sparklines = ReadonlyMap<string, SparklineItem>;
type Cached = { item: SparklineItem | null; at: number };

/** Those of the rows in sight that are not known or no longer fresh, as many as one call takes. */
export const toAsk = (keys: readonly string[], cache: ReadonlyMap<string, Pick<Cached, 'at'>>, now: number): string[] =>
  keys.filter((key) => now - (cache.get(key)?.at ?? -Infinity) >= FRESH_MS).slice(0, MAX_A_CALL);

/** The sparklines of the rows in sight, asked for in one call once scrolling rests; what was asked once is kept. */
export function useSparklines(
  client: Pick<AgentClient, 'sparklines'>,
  keys: readonly string[],
  window: string,
): Sparklines {
  const cache = useRef<{ window: string; held: Map<string, Cached> }>({ window, held: new Map() });
  const [lines, setLines] = useState<Sparklines>(new Map());
  const wanted = keys.join('\n');

  useEffect(() => {
    if (cache.current.window !== window) cache.current = { window, held: new Map() };
    const { held } = cache.current;
    const ask = async (): Promise<void> => {
      const asked = document.hidden ? [] : toAsk(wanted === '' ? [] : wanted.split('\n'), held, Date.now());
      if (asked.length === 0) return;
      const at = Date.now();
      for (const key of asked) held.set(key, { item: held.get(key)?.item ?? null, at });
      try {
        const { items } = await client.sparklines({ hpa: asked, window });
        for (const item of items) held.set(keyText(item), { item, at });
      } catch {
        // The notice of the page tells what is wrong with the agent; these are asked for again at the next look.
        for (const key of asked) held.set(key, { item: held.get(key)?.item ?? null, at: at - FRESH_MS });
      }
      if (cache.current.held === held) setLines(known(held));
    };
    const soon = setTimeout(() => void ask(), DEBOUNCE_MS);
    const often = setInterval(() => void ask(), LOOK_EVERY_MS);
    return () => {
      clearTimeout(soon);
      clearInterval(often);
    };
  }, [client, wanted, window]);

  return lines;
}

const known = (held: ReadonlyMap<string, Cached>): Sparklines =>
  new Map([...held].flatMap(([key, { item }]) => (item === null ? [] : [[key, item] as const])));
