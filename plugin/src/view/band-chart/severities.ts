import type { SeverityName } from '@hpa-watch/agent/contract';

/** From strong to weak. */
export const SEVERITY_NAMES: readonly SeverityName[] = ['critical', 'warning', 'info'];
