import { readdirSync, readFileSync } from 'node:fs';

/** What the kernel tells of a process. https://man7.org/linux/man-pages/man5/proc.5.html */
export type ProcessFacts = {
  rssBytes: number;
  threads: number;
  /** Open file descriptors. */
  fds: number;
  children: number;
  /** Of all its threads, user and system, since it began. */
  cpuMs: number;
};

/** Ticks a second in which /proc counts; the same on every Linux that Node runs on. */
const TICKS_A_SECOND = 100;
const UTIME = 11;
const STIME = 12;

export function processFacts(pid: number): ProcessFacts {
  const status = readFileSync(`/proc/${pid}/status`, 'utf8');
  const field = (name: string) => Number(new RegExp(`^${name}:\\s+(\\d+)`, 'm').exec(status)?.[1]);
  // The name of the program may hold spaces and brackets: fields are counted from behind it.
  const stat = readFileSync(`/proc/${pid}/stat`, 'utf8').split(') ').at(-1)?.split(' ') ?? [];
  const ticks = Number(stat[UTIME]) + Number(stat[STIME]);
  const children = readdirSync(`/proc/${pid}/task`).flatMap((task) =>
    readFileSync(`/proc/${pid}/task/${task}/children`, 'utf8').split(' ').filter(Boolean),
  );
  return {
    rssBytes: field('VmRSS') * 1_024,
    threads: field('Threads'),
    fds: readdirSync(`/proc/${pid}/fd`).length,
    children: children.length,
    cpuMs: (ticks * 1_000) / TICKS_A_SECOND,
  };
}

/** The values of an exposition by name, those with labels added up. */
export function metricSums(text: string): Map<string, number> {
  const sums = new Map<string, number>();
  for (const [, name = '', value] of text.matchAll(/^([a-zA-Z_:][\w:]*)(?:\{[^}]*\})? (\S+)$/gm))
    sums.set(name, (sums.get(name) ?? 0) + Number(value));
  return sums;
}

/** The values of one metric by one of its labels, added up. */
export function sumsBy(text: string, metric: string, label: string): Record<string, number> {
  const sums: Record<string, number> = {};
  for (const [, labels = '', value] of text.matchAll(new RegExp(`^${metric}\\{([^}]*)\\} (\\S+)$`, 'gm'))) {
    const key = new RegExp(`${label}="([^"]*)"`).exec(labels)?.[1] ?? '';
    sums[key] = (sums[key] ?? 0) + Number(value);
  }
  return sums;
}
