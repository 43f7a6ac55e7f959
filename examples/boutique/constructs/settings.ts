import { createHash } from 'node:crypto';
import { k8s } from 'cdk8s-plus-28';
import { Construct } from 'constructs';

/** Settings of a workload in a ConfigMap. */
export class Settings extends Construct {
  /** Name of the ConfigMap. */
  public readonly name: string;
  /**
   * Changes with the settings. Kubernetes does not restart pods when a ConfigMap changes; a Deployment with this in its pods'
   * annotations does.
   */
  public readonly checksum: string;

  constructor(scope: Construct, id: string, props: { readonly name: string; readonly settings: Readonly<Record<string, string>> }) {
    super(scope, id);
    this.name = props.name;
    this.checksum = createHash('sha256').update(JSON.stringify(Object.entries(props.settings).sort())).digest('hex').slice(0, 16);
    new k8s.KubeConfigMap(this, 'config-map', { metadata: { name: props.name }, data: props.settings });
  }
}
