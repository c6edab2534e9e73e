import type { HpaKey } from '../../api/agent-client';

/** An HPA in one text, as the agent takes it for sparklines. */
export const keyText = ({ cluster, namespace, hpa }: HpaKey): string => `${cluster}/${namespace}/${hpa}`;
