/** What tests work with: `cdk8s-flotilla/testing`. */
export { Sandbox, type SandboxOptions } from './sandbox/sandbox';
export type { ClusterApi, ObjectKey, StoreEvent } from './sandbox/api';
export type { Json, JsonMap, StoredObject } from './sandbox/json';
