import { KUBECTL_FAULTS } from '../../../agent/src/core/errors.ts';
import { isNamespaceName } from '../../../agent/src/domain/hpa.ts';
import { createLineTail } from '../../../agent/src/kubectl/line-tail.ts';
import { diagnose, listeningOn, plainLine, pluginWords } from '../../../agent/src/kubectl/output.ts';
import { causeOf } from '../../../agent/src/kubectl/read-services.ts';
import { findPrometheusService, parseServices, portNote, portsOf } from '../../../agent/src/kubectl/services.ts';
import { assertFinite, refusalOf, shapeOf, type Target } from '../target.ts';

const FAULTS = KUBECTL_FAULTS.map((fault) => `kubectl/${fault}`);

const SUBJECT = {
  context: 'prod-admin',
  namespace: 'monitoring',
  service: 'prometheus-server',
  port: 9090,
  endpoint: { address: '127.0.0.1', port: 55_553 },
  kubectlPath: 'kubectl',
};

export const kubectlOutput: Target = {
  name: 'kubectl-output',
  kind: 'text',
  run(input) {
    const tail = createLineTail();
    for (const line of input.split(/\r\n|\n|\r/)) {
      tail.push(line);
      const at = listeningOn(line);
      if (at !== null && !(Number.isInteger(at.port) && at.port >= 0 && at.port <= 65_535))
        throw new Error(`port ${at.port}`);
    }
    const lines = tail.lines();
    lines.forEach(plainLine);
    const words = pluginWords(lines)?.length ?? 0;
    const cause = refusalOf(causeOf(lines, SUBJECT, 'exited'), { codes: FAULTS });
    return `${diagnose(lines)?.fault} ${cause.split(' ')[0]} ${words > 0}`;
  },
};

export const kubectlServices: Target = {
  name: 'kubectl-services',
  kind: 'json',
  run(input) {
    const services = parseServices(input);
    if (services === null) return 'none';
    assertFinite(services, 'services');
    const search = findPrometheusService(services, 9090);
    for (const service of services) {
      if (!isNamespaceName(service.metadata.name))
        throw new Error(`a service named ${JSON.stringify(service.metadata.name)}`);
      for (const port of portsOf(service)) if (port < 1 || port > 65_535) throw new Error(`port ${port}`);
    }
    if (search.kind === 'found') portNote(search.service.metadata.name, 9090, search.choice);
    return `${search.kind} ${search.kind === 'found' ? search.choice.reason : ''} ${shapeOf(services, 1)}`;
  },
};
