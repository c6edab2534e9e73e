import type { CellRig } from './cell-rig.ts';

/** What the status said while a fault lasted, and what the log said since. */
export type Overheard = { status: string[]; log: string[]; stop(): Promise<void> };

const EVERY_MS = 300;
const TROUBLE = new Set<unknown>(['warn', 'error', 'fatal']);

/** Asks for the status all the time, as a person would who looks what is wrong. */
export function listenTo(rig: CellRig): Overheard {
  const status = new Set<string>();
  const logBegins = rig.log().length;
  const log: string[] = [];
  let on = true;

  async function listen(): Promise<void> {
    while (on) {
      const answer = await rig.status();
      if (answer === null) status.add('no answer');
      for (const { status: state, last_error: error } of answer?.port_forwards ?? [])
        if (state !== 'active' && error) status.add(`${state}: ${error.message}`);
      for (const { last_scan: scan } of answer?.scans ?? [])
        if (scan?.error) status.add(`${scan.result}: ${scan.error.message}`);
      await new Promise((resolve) => setTimeout(resolve, EVERY_MS));
    }
  }
  const listening = listen();
  return {
    get status() {
      return [...status];
    },
    log,
    async stop() {
      on = false;
      await listening;
      for (const line of rig.log().slice(logBegins)) if (TROUBLE.has(line.level)) log.push(wordsOf(line));
    },
  };
}

const wordsOf = ({ msg, err, error }: Record<string, unknown>): string =>
  [msg, error, (err as { message?: string } | undefined)?.message]
    .filter((text) => typeof text === 'string')
    .join(': ');
