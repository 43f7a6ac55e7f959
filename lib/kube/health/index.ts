export { assessHealth } from './assess';
export { assessByRules } from './by-rules';
export type { Assessment } from './by-rules';
export type { Health, HealthStatus, KubeObject } from './health';
export { isReady, waitState } from './wait';
export type { WaitState } from './wait';
