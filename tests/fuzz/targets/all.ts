import type { Target } from '../target.ts';
import { config, csv, kubeconfig, pidLedger } from './files.ts';
import { http } from './http.ts';
import { kubectlOutput, kubectlServices } from './kubectl.ts';
import { prometheusAnswer, prometheusBody, prometheusError } from './prometheus.ts';
import { learningWire, packedSamples, storedJson } from './stored.ts';
import { texts } from './texts.ts';

/** Everything that reads what comes from outside the agent's own code. */
export const TARGETS: readonly Target[] = [
  prometheusAnswer,
  prometheusError,
  prometheusBody,
  kubeconfig,
  config,
  http,
  csv,
  kubectlOutput,
  kubectlServices,
  pidLedger,
  storedJson,
  packedSamples,
  learningWire,
  texts,
];
