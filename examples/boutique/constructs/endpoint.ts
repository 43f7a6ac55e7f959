import { k8s } from 'cdk8s-plus-28';
import { Construct } from 'constructs';

/** How a workload is called. */
export interface EndpointProps {
  /** Name of the workload, and of the Service unless `name` is given. */
  readonly workload: string;
  /** @default - that of the workload */
  readonly name?: string;
  /** What is spoken there, as `grpc`: the name of the port. */
  readonly protocol: string;
  readonly port: number;
  /** The port of the container. @default - that of the Service */
  readonly targetPort?: number;
  /** Whether it is reached from outside of the cluster. @default false */
  readonly external?: boolean;
}

/** A Service with one port, for the pods of a workload. */
export class Endpoint extends Construct {
  constructor(scope: Construct, id: string, props: EndpointProps) {
    super(scope, id);
    new k8s.KubeService(this, 'service', {
      metadata: { name: props.name ?? props.workload, labels: { app: props.workload } },
      spec: {
        type: props.external ? 'LoadBalancer' : 'ClusterIP',
        selector: { app: props.workload },
        ports: [{ name: props.protocol, port: props.port, targetPort: k8s.IntOrString.fromNumber(props.targetPort ?? props.port) }],
      },
    });
  }
}
