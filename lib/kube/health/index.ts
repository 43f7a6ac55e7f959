export { assessHealth } from './assess';
export type { Health, HealthStatus, KubeObject } from './health';
export { isReady, waitState } from './wait';
export type { WaitState } from './wait';
