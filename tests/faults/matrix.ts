import { realKubectls } from '../rig/kubectl.ts';
import { runCell, type CellResult, type World } from './cell.ts';
import type { CellFault } from './fault.ts';
import { startHistory } from './history.ts';
import { KUBERNETES_FAULTS } from './kubernetes-faults.ts';
import { MACHINE_FAULTS } from './machine-faults.ts';
import { PHASES, type Phase } from './phases.ts';
import { PROMETHEUS_FAULTS } from './prometheus-faults.ts';
import { prepareTemplates } from './templates.ts';
import { readTruth } from './truth.ts';

export type Cell = { fault: CellFault; phase: Phase };

export const FAULTS: CellFault[] = [...KUBERNETES_FAULTS, ...PROMETHEUS_FAULTS, ...MACHINE_FAULTS];
export const ALL_CELLS: Cell[] = FAULTS.flatMap((fault) => PHASES.map((phase) => ({ fault, phase })));
/** Each fault that is short once, where it does most harm. */
export const WORST_CELLS: Cell[] = FAULTS.filter(({ byHand }) => !byHand).map((fault) => ({
  fault,
  phase: fault.worst,
}));

export const nameOf = ({ fault, phase }: Cell): string => `${fault.name}/${phase}`;

/** What this machine cannot do, with the reason; null: it can. */
export const cannotRun = ({ fault }: Cell): string | null =>
  fault.needsRoot && process.getuid?.() !== 0 ? 'needs root (a mount, another user)' : null;

export async function openWorld(): Promise<World & { stop(): Promise<void> }> {
  const kubectlPath = (await realKubectls()).at(-1)?.path ?? 'kubectl';
  const prometheus = await startHistory();
  try {
    const truth = await readTruth(prometheus.url);
    const templates = await prepareTemplates(prometheus.url, kubectlPath);
    const stop = async () => {
      templates.stop();
      await prometheus.stop();
    };
    return { prometheusUrl: prometheus.url, kubectlPath, templates, truth, stop };
  } catch (error) {
    await prometheus.stop();
    throw error;
  }
}

/** Runs the cells, so many at a time, in their order; what each comes to is told when it is known. */
export async function runCells(
  world: World,
  cells: readonly Cell[],
  parallel: number,
  onResult: (result: CellResult, cell: Cell) => void,
): Promise<void> {
  const waiting = [...cells];
  const work = async () => {
    for (let cell = waiting.shift(); cell; cell = waiting.shift())
      onResult(await runCell(world, cell.fault, cell.phase), cell);
  };
  await Promise.all(Array.from({ length: parallel }, work));
}
