import type { DemoClusters } from './clusters';

interface Deployment {
  readonly metadata: { readonly uid: string; readonly name: string; readonly generation: number };
  readonly spec: {
    readonly replicas: number;
    readonly template: { readonly spec: { readonly containers: readonly { readonly image: string }[] } };
  };
  readonly status?: { readonly availableReplicas?: number; readonly updatedReplicas?: number };
}

interface Availability {
  readonly deployments: number;
  readonly available: number;
  /** Of the available ones. */
  readonly pods: number;
}

/** What the API servers themselves say: the demo does not take flotilla's word for it. */
export class ClusterView {
  constructor(private readonly clusters: DemoClusters) {}

  /** How many Deployments there are in all clusters, and how many of them have all their pods available. */
  async countAvailable(): Promise<Availability> {
    const deployments = await this.deployments();
    const available = deployments.filter(isAvailable);
    return { deployments: deployments.length, available: available.length, pods: available.reduce((sum, { spec }) => sum + spec.replicas, 0) };
  }

  /** The tags that the clusters run of a service, without repetition. */
  async tagsOf(service: string): Promise<string[]> {
    const deployments = (await this.deployments()).filter(({ metadata }) => metadata.name === service);
    const images = deployments.map(({ spec }) => spec.template.spec.containers[0].image);
    return [...new Set(images.map(image => image.split(':')[1]))].sort();
  }

  /** The generation of every Deployment, by uid and name: it moves whenever somebody changes the spec. */
  async generations(): Promise<ReadonlyMap<string, number>> {
    return new Map((await this.deployments()).map(({ metadata }) => [`${metadata.uid} ${metadata.name}`, metadata.generation]));
  }

  /** Changes a Deployment behind everybody's back, as with kubectl. */
  async scale(cluster: string, service: string, replicas: number): Promise<void> {
    await this.clusters.clients.get(cluster)!.patch(`/apis/apps/v1/namespaces/boutique/deployments/${service}`, { spec: { replicas } });
  }

  async replicasOf(cluster: string, service: string): Promise<number> {
    return (await this.clusters.clients.get(cluster)!.get(`/apis/apps/v1/namespaces/boutique/deployments/${service}`)).spec.replicas as number;
  }

  private async deployments(): Promise<Deployment[]> {
    const lists = await Promise.all([...this.clusters.clients.values()].map(client => client.list('/apis/apps/v1/namespaces/boutique/deployments')));
    return lists.flat() as unknown as Deployment[];
  }
}

function isAvailable({ spec, status }: Deployment): boolean {
  return status?.availableReplicas === spec.replicas && status.updatedReplicas === spec.replicas;
}
