import { startForwardRig } from './forward-rig.ts';

/**
 * An agent to be killed: brings up forwards to the contexts of the kubeconfig it is told by its parent, says so, and
 * then only waits.
 */
process.once('message', (order: { kubectlPath: string; kubeconfig: string; contexts: string[]; port: number }) => {
  const { kubectlPath, kubeconfig, contexts, port } = order;
  void startForwardRig({ kubectlPath, kubeconfig }).then(async (rig) => {
    contexts.forEach((name, i) => rig.pool.ensure(rig.target(name, `127.0.0.${i + 1}`, port)));
    await Promise.all(contexts.map((name) => rig.untilState(name, 'ready')));
    process.send?.({ dir: rig.dir, ledgerFile: rig.ledgerFile, pids: rig.pool.list().map(({ pid }) => pid) });
  });
});
