import { replaceCondition } from './conditions';
import type { Controller } from './controller';
import type { Condition, Kubernetes } from './objects';
import { ownKey } from './replica-set';

type ApiService = Kubernetes<{ service?: object | null }, { conditions?: Condition[] }>;

const RESOURCE = 'apiservices.apiregistration.k8s.io';

/** Calls every APIService available, also one of somebody else's server: no request is passed on to it. */
export const apiServices: Controller = {
  name: 'apiservice',
  on: { [RESOURCE]: ownKey },

  reconcile(cluster, name) {
    const service = cluster.find<ApiService>(RESOURCE, undefined, name);
    if (!service || service.metadata.deletionTimestamp !== undefined) return;
    const condition = service.spec.service
      ? { type: 'Available', status: 'True', reason: 'Passed', message: 'all checks passed' }
      : { type: 'Available', status: 'True', reason: 'Local', message: 'Local APIServices are always available' };
    const conditions = replaceCondition(service.status?.conditions, condition, cluster.timestamp);
    cluster.updateStatus(RESOURCE, service, { ...service.status, conditions }, 'kube-apiserver');
  },
};
