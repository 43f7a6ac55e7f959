import { k8s } from 'cdk8s-plus-28';
import { Construct } from 'constructs';
import type { Resources } from '../service';
import { hardenedContainer, hardenedPod } from './hardened';

/** What every kind of service has in common. */
export interface WorkloadProps {
  /** Name of the Deployment, of its pods' label `app`, and of all that comes with it. */
  readonly name: string;
  readonly image: string;
  readonly resources: Resources;
  /** @default - the field is left out, and Kubernetes takes 1 */
  readonly replicas?: number;
  /** Environment variables, in the order in which they are written. */
  readonly env?: Readonly<Record<string, string>>;
  /** Written to the variable LOG_LEVEL. @default - the service decides */
  readonly logLevel?: string;
  /** What a pod may take to stop. @default - the field is left out, and Kubernetes takes 30 */
  readonly gracePeriodSeconds?: number;
}

/** What a kind of service adds to them. */
export interface WorkloadParts {
  /** Name of the container. @default 'server' */
  readonly containerName?: string;
  readonly container?: Omit<k8s.Container, 'name' | 'image' | 'env' | 'resources' | 'securityContext'>;
  readonly initContainers?: readonly k8s.Container[];
  readonly restartPolicy?: string;
  readonly volumes?: k8s.Volume[];
  readonly podAnnotations?: Record<string, string>;
  /** Whether its pods have a ServiceAccount of their own. @default true */
  readonly ownServiceAccount?: boolean;
}

/** A Deployment of hardened pods with a ServiceAccount of their own: what all kinds of service are built on. */
export class Workload extends Construct {
  constructor(scope: Construct, id: string, props: WorkloadProps, parts: WorkloadParts = {}) {
    super(scope, id);
    const { name } = props;
    const labels = { app: name };
    const ownServiceAccount = parts.ownServiceAccount ?? true;
    const harden = (container: k8s.Container): k8s.Container => ({ ...container, securityContext: hardenedContainer });

    new k8s.KubeDeployment(this, 'deployment', {
      metadata: { name, labels },
      spec: {
        replicas: props.replicas,
        selector: { matchLabels: labels },
        template: {
          metadata: { labels, annotations: parts.podAnnotations },
          spec: {
            serviceAccountName: ownServiceAccount ? name : undefined,
            terminationGracePeriodSeconds: props.gracePeriodSeconds,
            restartPolicy: parts.restartPolicy,
            securityContext: hardenedPod,
            initContainers: parts.initContainers?.map(harden),
            containers: [harden({
              ...parts.container,
              name: parts.containerName ?? 'server',
              image: props.image,
              env: variables({ ...props.env, ...(props.logLevel ? { LOG_LEVEL: props.logLevel } : {}) }),
              resources: { requests: quantities(props.resources.requests), limits: quantities(props.resources.limits) },
            })],
            volumes: parts.volumes,
          },
        },
      },
    });
    if (ownServiceAccount) {
      new k8s.KubeServiceAccount(this, 'service-account', { metadata: { name } });
    }
  }
}

/** Environment variables as a container lists them; nothing where there are none. */
export function variables(env: Readonly<Record<string, string>>): k8s.EnvVar[] | undefined {
  const list = Object.entries(env).map(([name, value]) => ({ name, value }));
  return list.length > 0 ? list : undefined;
}

function quantities(amounts: { readonly cpu: string; readonly memory: string }): Record<string, k8s.Quantity> {
  return { cpu: k8s.Quantity.fromString(amounts.cpu), memory: k8s.Quantity.fromString(amounts.memory) };
}
