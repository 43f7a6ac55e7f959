import { k8s } from 'cdk8s-plus-28';
import { Construct } from 'constructs';

export interface QuotaProps {
  readonly cpu: string;
  readonly memory: string;
  readonly pods: string;
}

/** What all pods of a namespace may ask for together. */
export class Quota extends Construct {
  constructor(scope: Construct, id: string, { cpu, memory, pods }: QuotaProps) {
    super(scope, id);
    const hard = { 'requests.cpu': cpu, 'requests.memory': memory, pods };
    new k8s.KubeResourceQuota(this, 'quota', {
      metadata: { name: 'quota' },
      spec: { hard: Object.fromEntries(Object.entries(hard).map(([name, amount]) => [name, k8s.Quantity.fromString(amount)])) },
    });
  }
}
