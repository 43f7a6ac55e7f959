import { apiServerControllers } from './api-server-controllers';
import { claims, volumes } from './claims';
import { clusterRoles } from './cluster-roles';
import type { Controller } from './controller';
import { daemonSets } from './daemon-set';
import { deployments } from './deployment';
import { disruptionBudgets } from './disruption-budgets';
import { endpointSlices } from './endpoint-slices';
import { endpoints } from './endpoints';
import { garbageCollector } from './garbage-collector';
import { jobs } from './job';
import { kubelet } from './kubelet';
import { namespaceDefaults, namespaceDeletion } from './namespaces';
import { resourceQuotas } from './quotas';
import { replicaSets } from './replica-set';
import { scheduler } from './scheduler';
import { serviceAccountTokens } from './service-account-tokens';
import { ingresses, loadBalancers } from './services';
import { statefulSets } from './stateful-set';
import { finishedJobs } from './ttl';

/** All that run in a cluster. */
export const controllers: readonly Controller[] = [
  ...apiServerControllers, serviceAccountTokens, namespaceDefaults, namespaceDeletion, garbageCollector, deployments, replicaSets, statefulSets,
  daemonSets, jobs, finishedJobs, scheduler, kubelet, claims, volumes, endpointSlices, endpoints, loadBalancers, ingresses, disruptionBudgets,
  resourceQuotas, clusterRoles,
];
