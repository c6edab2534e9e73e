import { renameSync } from 'node:fs';
import type { StubFault } from '../rig/stub-faults.ts';
import { CLUSTER, type CellRig } from './cell-rig.ts';
import { pause, type CellFault } from './fault.ts';

type StubRow = Pick<CellFault, 'what' | 'worst' | 'says' | 'needsPerson'> & { fault: StubFault };

const STUB: StubRow[] = [
  {
    fault: { mode: 'unauthorized' },
    what: 'the API server answers 401',
    worst: 'scan',
    says: /log in again/,
    needsPerson: true,
  },
  {
    fault: { mode: 'forbidden' },
    what: 'no right to pods/portforward',
    worst: 'backfill',
    says: /create pods\/portforward/,
    needsPerson: true,
  },
  {
    fault: { mode: 'nosvc' },
    what: 'the service is gone',
    worst: 'notification',
    says: /set prometheus\.namespace and prometheus\.service/,
    needsPerson: true,
  },
  {
    fault: { mode: 'nopod' },
    what: 'the service selects no pod',
    worst: 'scan',
    says: /no running pod|could not be reached/,
  },
  { fault: { mode: 'notready' }, what: 'the pod is Pending', worst: 'idle', says: /no running pod/ },
  {
    fault: { mode: 'noupgrade' },
    what: 'the port forward is answered 500',
    worst: 'scan',
    says: /error dialing backend|API server/,
  },
  {
    fault: { mode: 'apihang' },
    what: 'API calls are taken and never answered',
    worst: 'backfill',
    says: /connection to the Prometheus pod.*lost|API server may hang|in time/,
  },
  {
    fault: { mode: 'hang' },
    what: 'streams of the tunnel are never answered',
    worst: 'scan',
    says: /did not answer|did not end in its slot|in time|no connection/,
  },
  {
    fault: { mode: 'blackhole' },
    what: 'streams are taken, nothing comes back',
    worst: 'backfill',
    says: /did not answer|did not end in its slot|in time|no connection/,
  },
  {
    fault: { mode: 'refuse' },
    what: 'the pod refuses connections',
    worst: 'backfill',
    says: /takes no connection|no connection|did not answer|lost/,
  },
  { fault: { mode: 'slow', ms: 300 }, what: 'each connection takes 300 ms', worst: 'scan', says: null },
  {
    fault: { mode: 'truncate', bytes: 50 },
    what: 'answers break off after 50 bytes',
    worst: 'backfill',
    says: /did not answer|no connection|lost/,
  },
];

/** Connections that are up would not meet the fault. */
async function setFault(rig: CellRig, fault: StubFault | null): Promise<void> {
  await rig.stub.setFault(CLUSTER, fault);
  if (fault === null) return;
  rig.proxy.drop();
  await rig.stub.dropAll(CLUSTER);
}

const killForwards = (rig: CellRig): void =>
  rig
    .agent()
    .forwards()
    .forEach(({ pid }) => process.kill(pid, 'SIGKILL'));

/** So often that none stays up for the time of the fault. */
async function killAllTheTime(rig: CellRig): Promise<void> {
  let on = true;
  killers.set(rig, () => (on = false));
  const loop = async () => {
    while (on) {
      killForwards(rig);
      await pause(200);
    }
  };
  void loop().catch(() => undefined);
  await pause(50);
}
const killers = new WeakMap<CellRig, () => void>();

export const KUBERNETES_FAULTS: CellFault[] = [
  ...STUB.map(({ fault, ...about }): CellFault => ({
    name: `stub-${fault.mode}`,
    ...about,
    begin: (rig) => setFault(rig, fault),
    end: (rig) => setFault(rig, null),
  })),
  {
    name: 'stub-drop',
    what: 'every tunnel is reset',
    worst: 'backfill',
    says: /lost/,
    begin: (rig) => rig.stub.dropAll(CLUSTER),
    end: () => undefined,
  },
  {
    name: 'stub-goaway',
    what: 'every tunnel is ended in an orderly way',
    worst: 'scan',
    says: /lost/,
    begin: (rig) => rig.stub.goaway(CLUSTER),
    end: () => undefined,
  },
  {
    name: 'stub-frozen',
    what: 'the API server is frozen (SIGSTOP), connections stay open',
    worst: 'scan',
    says: /did not answer|did not end in its slot|in time/,
    begin: (rig) => rig.stub.freeze(),
    end: (rig) => rig.stub.thaw(),
  },
  {
    name: 'kubectl-killed',
    what: 'kubectl is killed (SIGKILL) whenever it runs',
    worst: 'backfill',
    says: /port-forward to context "prod" ended|lost/,
    begin: killAllTheTime,
    end: (rig) => killers.get(rig)?.(),
  },
  {
    name: 'kubectl-missing',
    what: 'kubectl is gone from its place, and the running one is killed',
    worst: 'scan',
    says: /kubectl could not be run.*install it, or set kubectl\.path/,
    needsPerson: true,
    begin(rig) {
      renameSync(rig.kubectl, `${rig.kubectl}.away`);
      killForwards(rig);
    },
    end: (rig) => renameSync(`${rig.kubectl}.away`, rig.kubectl),
  },
];
