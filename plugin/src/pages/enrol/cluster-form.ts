import type { ClusterRequest } from '@hpa-watch/agent/contract';
import type { AgentProblem } from '../../api/problem';

/** How the agent is to reach a new cluster. */
export type ClusterWay = 'context' | 'address';

export type ClusterForm = { way: ClusterWay; name: string; context: string; address: string };

export const EMPTY_FORM: ClusterForm = { way: 'context', name: '', context: '', address: '' };

/** What is sent; null while something is missing. Without a context the agent finds it by the name. */
export function requestOf({ way, name, context, address }: ClusterForm): ClusterRequest | null {
  const [named, at, url] = [name.trim(), context.trim(), address.trim()];
  if (named === '') return null;
  if (way === 'address') return url === '' ? null : { name: named, prometheus_url: url };
  return at === '' ? { name: named } : { name: named, context: at };
}

/** The contexts of the agent's kubeconfig, where it refused a cluster because it has none of that name. */
export function contextsOf(problem: AgentProblem | null): string[] {
  const details = problem?.details;
  if (typeof details !== 'object' || details === null || !('contexts' in details)) return [];
  const { contexts } = details;
  return Array.isArray(contexts) ? contexts.filter((one): one is string => typeof one === 'string') : [];
}

/** The form with a context of that list chosen; a cluster is named after it where it has no name yet. */
export const withContext = (form: ClusterForm, context: string): ClusterForm => ({
  ...form,
  way: 'context',
  context,
  name: form.name.trim() === '' ? context : form.name,
});
