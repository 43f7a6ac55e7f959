import { k8s } from 'cdk8s-plus-28';
import { Construct } from 'constructs';

export interface IsolationProps {
  /** The workload that may be called from anywhere. */
  readonly publicApp: string;
  /** The workloads that may call out of the namespace. @default - all of them */
  readonly callOut?: readonly string[];
}

/** Pods of a namespace may be called by each other; the world calls one workload alone, and is called by those that may. */
export class Isolation extends Construct {
  constructor(scope: Construct, id: string, { publicApp, callOut }: IsolationProps) {
    super(scope, id);
    const everyPod = {};
    this.add('deny-ingress', { podSelector: everyPod, policyTypes: ['Ingress'] });
    this.add('allow-ingress-from-here', { podSelector: everyPod, policyTypes: ['Ingress'], ingress: [{ from: [{ podSelector: everyPod }] }] });
    this.add('allow-ingress-to-public', { podSelector: { matchLabels: { app: publicApp } }, policyTypes: ['Ingress'], ingress: [{}] });
    if (callOut) {
      const ofThem = { matchExpressions: [{ key: 'app', operator: 'In', values: [...callOut] }] };
      this.add('deny-egress', { podSelector: everyPod, policyTypes: ['Egress'] });
      this.add('allow-egress-to-here', { podSelector: everyPod, policyTypes: ['Egress'], egress: [{ to: [{ podSelector: everyPod }] }, { ports: dns }] });
      this.add('allow-egress-to-world', { podSelector: ofThem, policyTypes: ['Egress'], egress: [{}] });
    }
  }

  private add(name: string, spec: k8s.NetworkPolicySpec): void {
    new k8s.KubeNetworkPolicy(this, name, { metadata: { name }, spec });
  }
}

/** Without names, nobody calls anybody. */
const dns: k8s.NetworkPolicyPort[] = ['UDP', 'TCP'].map(protocol => ({ protocol, port: k8s.IntOrString.fromNumber(53) }));
