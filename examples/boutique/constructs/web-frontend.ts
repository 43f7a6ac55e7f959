import { k8s } from 'cdk8s-plus-28';
import { Construct } from 'constructs';
import { Endpoint } from './endpoint';
import { HttpService, HttpServiceProps } from './http-service';
import { Settings } from './settings';

export interface WebFrontendProps extends Omit<HttpServiceProps, 'envFrom' | 'podAnnotations'> {
  /** What the pages look like: environment variables from a ConfigMap. Without any there is no ConfigMap. */
  readonly settings: Readonly<Record<string, string>>;
  /** The name by which customers find it. @default - no Ingress; the load balancer's address alone */
  readonly host?: string;
}

/** What customers see: an HTTP service with a load balancer and, where it has a host, an Ingress. */
export class WebFrontend extends Construct {
  constructor(scope: Construct, id: string, props: WebFrontendProps) {
    super(scope, id);
    const settings = Object.keys(props.settings).length > 0
      ? new Settings(this, 'settings', { name: `${props.name}-settings`, settings: props.settings })
      : undefined;
    new HttpService(this, 'http', {
      ...props,
      envFrom: settings && [settings.name],
      podAnnotations: {
        'sidecar.istio.io/rewriteAppHTTPProbers': 'true',
        ...(settings ? { 'boutique.example/settings': settings.checksum } : {}),
      },
    });
    new Endpoint(this, 'external', {
      workload: props.name, name: `${props.name}-external`, protocol: 'http', port: props.port, targetPort: props.containerPort, external: true,
    });
    if (props.host) {
      this.addIngress(props.name, props.host);
    }
  }

  private addIngress(name: string, host: string): void {
    const backend = { service: { name, port: { name: 'http' } } };
    new k8s.KubeIngress(this, 'ingress', {
      metadata: { name, labels: { app: name }, annotations: { 'cert-manager.io/cluster-issuer': 'letsencrypt' } },
      spec: {
        ingressClassName: 'nginx',
        tls: [{ hosts: [host], secretName: `${name}-tls` }],
        rules: [{ host, http: { paths: [{ path: '/', pathType: 'Prefix', backend }] } }],
      },
    });
  }
}
