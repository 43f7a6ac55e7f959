import { k8s } from 'cdk8s-plus-28';
import { Construct } from 'constructs';
import { Endpoint } from './endpoint';
import { Workload, WorkloadParts, WorkloadProps } from './workload';

export interface HttpServiceProps extends WorkloadProps {
  /** The port at which it is called. */
  readonly port: number;
  /** The port at which it listens. */
  readonly containerPort: number;
  readonly readiness: HttpProbe;
  readonly liveness: HttpProbe;
  /** ConfigMaps whose entries it gets as environment variables. @default - none */
  readonly envFrom?: readonly string[];
  readonly podAnnotations?: WorkloadParts['podAnnotations'];
}

/** A page that tells how the service is. */
export interface HttpProbe {
  readonly path: string;
  /** Sent with the request, as `shop_session-id=…`. @default - none */
  readonly cookie?: string;
  readonly initialDelaySeconds?: number;
}

/** A service that speaks HTTP. */
export class HttpService extends Construct {
  constructor(scope: Construct, id: string, props: HttpServiceProps) {
    super(scope, id);
    const port = props.containerPort;
    new Workload(this, 'workload', props, {
      container: {
        ports: [{ containerPort: port }],
        readinessProbe: probe(props.readiness, port),
        livenessProbe: probe(props.liveness, port),
        envFrom: props.envFrom?.map(name => ({ configMapRef: { name } })),
      },
      podAnnotations: props.podAnnotations,
    });
    new Endpoint(this, 'endpoint', { workload: props.name, protocol: 'http', port: props.port, targetPort: port });
  }
}

function probe({ path, cookie, initialDelaySeconds }: HttpProbe, port: number): k8s.Probe {
  return {
    initialDelaySeconds,
    httpGet: { path, port: k8s.IntOrString.fromNumber(port), httpHeaders: cookie ? [{ name: 'Cookie', value: cookie }] : undefined },
  };
}
