/** What tests work with: `cdk8s-flotilla/testing`. */
export { Sandbox, type SandboxOptions } from './sandbox/sandbox';
export type { ClusterApi, ObjectKey, StoreEvent } from './sandbox/api';
export type { Json, JsonMap, StoredObject } from './sandbox/json';
export { extendExpect, type ExtensibleExpect } from './testing/extend-expect';
export { type FleetMatchers, type MatcherResult, matchers } from './testing/matchers';
export { serializeTarget, targetSerializer } from './testing/serializer';
export { targetOf, targetsOf, TestTarget, type TestedFleet } from './testing/target';
