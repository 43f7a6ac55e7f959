import type { Controller } from './controller';
import { deployments } from './deployment';
import { garbageCollector } from './garbage-collector';
import { kubelet } from './kubelet';
import { namespaceDefaults, namespaceDeletion } from './namespaces';
import { replicaSets } from './replica-set';
import { scheduler } from './scheduler';

/** All that run in a cluster. */
export const controllers: readonly Controller[] = [
  deployments, replicaSets, scheduler, kubelet, garbageCollector, namespaceDefaults, namespaceDeletion,
];
