import { k8s } from 'cdk8s-plus-28';
import { Construct } from 'constructs';
import { Endpoint } from './endpoint';
import { Workload, WorkloadProps } from './workload';

export interface RedisCacheProps extends Pick<WorkloadProps, 'name' | 'image' | 'resources'> {
  /** The port at which it listens. */
  readonly port: number;
}

/** One Redis without a disk: what is in it may be lost. */
export class RedisCache extends Construct {
  constructor(scope: Construct, id: string, props: RedisCacheProps) {
    super(scope, id);
    const { port } = props;
    const probe: k8s.Probe = { periodSeconds: 5, tcpSocket: { port: k8s.IntOrString.fromNumber(port) } };
    new Workload(this, 'workload', props, {
      containerName: 'redis',
      container: {
        ports: [{ containerPort: port }],
        readinessProbe: probe,
        livenessProbe: probe,
        volumeMounts: [{ name: 'redis-data', mountPath: '/data' }],
      },
      volumes: [{ name: 'redis-data', emptyDir: {} }],
      ownServiceAccount: false,
    });
    new Endpoint(this, 'endpoint', { workload: props.name, protocol: 'tcp-redis', port });
  }
}
