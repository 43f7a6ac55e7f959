import { applyObject } from '../../lib/kube/apply';
import { connect, type ConnectOptions } from '../../lib/kube/connect';
import type { Connection } from '../../lib/kube/connection';
import { Discovery } from '../../lib/kube/discovery';
import type { PartialObject } from '../../lib/kube/metadata';
import type { Resource } from '../../lib/kube/resource';
import { groupOf, type Manifest } from '../../lib/tree/manifest';
import type { ClusterTestContext } from '../control-plane/describe-cluster';

/** Field manager of these tests. */
export const MANAGER = 'cdk8s-flotilla';

/** The connections that a block of tests has to its cluster; closed after the last test. */
export class RealConnection {
  connection!: Connection;
  discovery!: Discovery;
  private readonly opened: Connection[] = [];

  constructor(private readonly context: ClusterTestContext) {
    beforeAll(async () => {
      this.connection = await this.as('admin');
      this.discovery = await Discovery.load(this.connection);
    });
    afterAll(async () => {
      for (const connection of this.opened) await connection.close();
    });
  }

  /** A connection of another user of the control plane. */
  async as(user: string, options: Partial<ConnectOptions> = {}): Promise<Connection> {
    const connection = await connect({ name: 'east', kubeconfig: this.context.plane.user(user).kubeconfig, ...options });
    this.opened.push(connection);
    return connection;
  }

  resource(manifest: Pick<Manifest, 'apiVersion' | 'kind'>): Resource {
    const found = this.discovery.find({ group: groupOf(manifest.apiVersion), kind: manifest.kind });
    if (!found) throw new Error(`${manifest.kind} is not served`);
    return found;
  }

  /** An apply as the reconciler does it. */
  async apply(manifest: Manifest, options: Partial<Parameters<typeof applyObject>[3]> = {}): Promise<PartialObject> {
    return applyObject(this.connection, this.resource(manifest), manifest, { fieldManager: MANAGER, force: true, accept: 'metadata', ...options });
  }

  async namespace(name: string): Promise<PartialObject> {
    return this.apply({ apiVersion: 'v1', kind: 'Namespace', metadata: { name } });
  }
}

export function configMap(name: string, data: Record<string, string>, metadata: object = {}): Manifest {
  return { apiVersion: 'v1', kind: 'ConfigMap', metadata: { name, namespace: 'default', ...metadata }, data };
}

export function deployment(name: string, spec: object = {}): Manifest {
  const labels = { app: name };
  return {
    apiVersion: 'apps/v1',
    kind: 'Deployment',
    metadata: { name, namespace: 'default' },
    spec: {
      replicas: 1,
      selector: { matchLabels: labels },
      template: { metadata: { labels }, spec: { containers: [{ name: 'web', image: 'web:1' }] } },
      ...spec,
    },
  };
}

/** A definition of a namespaced kind `Widget`. */
export function widgetDefinition(group: string, schema: object = { 'type': 'object', 'x-kubernetes-preserve-unknown-fields': true }, more: object = {}): Manifest {
  return {
    apiVersion: 'apiextensions.k8s.io/v1',
    kind: 'CustomResourceDefinition',
    metadata: { name: `widgets.${group}` },
    spec: {
      group,
      scope: 'Namespaced',
      names: { kind: 'Widget', plural: 'widgets', singular: 'widget' },
      versions: [{ name: 'v1', served: true, storage: true, schema: { openAPIV3Schema: schema }, ...more }],
    },
  };
}
