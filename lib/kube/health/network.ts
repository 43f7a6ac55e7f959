import { listAt, textAt } from './fields';
import { Health, healthy, KubeObject, progressing } from './health';

export function assessService(object: KubeObject): Health {
  return textAt(object, 'spec', 'type') === 'LoadBalancer' ? assessIngress(object) : healthy();
}

export function assessIngress(object: KubeObject): Health {
  return listAt(object, 'status', 'loadBalancer', 'ingress').length > 0 ? healthy() : progressing('no load balancer has been assigned yet');
}
