import { k8s } from 'cdk8s-plus-28';
import { Construct } from 'constructs';

/** What a container gets that asks for nothing: where there is a quota, Kubernetes refuses a pod that does not ask. */
export class DefaultLimits extends Construct {
  constructor(scope: Construct, id: string) {
    super(scope, id);
    const amounts = (cpu: string, memory: string) => ({ cpu: k8s.Quantity.fromString(cpu), memory: k8s.Quantity.fromString(memory) });
    new k8s.KubeLimitRange(this, 'limits', {
      metadata: { name: 'limits' },
      spec: { limits: [{ type: 'Container', defaultRequest: amounts('50m', '32Mi'), default: amounts('100m', '64Mi') }] },
    });
  }
}
