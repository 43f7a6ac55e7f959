import { Construct } from 'constructs';
import { Endpoint } from './endpoint';
import { Workload, WorkloadProps } from './workload';

export interface GrpcServiceProps extends WorkloadProps {
  /** The port at which it is called. */
  readonly port: number;
  /** The port at which it listens. @default - the one at which it is called */
  readonly containerPort?: number;
  /** Name of the container's port. @default - none */
  readonly containerPortName?: string;
  /** When it is asked whether it may be called. @default - at once, and every 10 seconds */
  readonly readiness?: ProbeTiming;
  /** When it is asked whether it is alive. @default - as for readiness */
  readonly liveness?: ProbeTiming;
}

export interface ProbeTiming {
  readonly initialDelaySeconds?: number;
  readonly periodSeconds?: number;
}

/** A service that speaks gRPC to other services, and answers gRPC's health protocol at the same port. */
export class GrpcService extends Construct {
  constructor(scope: Construct, id: string, props: GrpcServiceProps) {
    super(scope, id);
    const port = props.containerPort ?? props.port;
    new Workload(this, 'workload', props, {
      container: {
        ports: [{ name: props.containerPortName, containerPort: port }],
        readinessProbe: { ...props.readiness, grpc: { port } },
        livenessProbe: { ...props.liveness ?? props.readiness, grpc: { port } },
      },
    });
    new Endpoint(this, 'endpoint', { workload: props.name, protocol: 'grpc', port: props.port, targetPort: port });
  }
}
