import { applySetId, PART_OF_LABEL } from '../../../lib/reconcile/applyset';
import type { KubeClient, KubeObject } from '../../control-plane/client';

/** What a fleet left in a cluster: all that its users can see, but for ids and times. */
export interface EndState {
  /** `ConfigMap/NS/a of web`, with its content. */
  readonly objects: readonly string[];
  /** What each Delivery says. */
  readonly deliveries: readonly string[];
}

/** The fleet's objects are in the namespaces NS and NSx, its Deliveries in flotilla-NS. */
export class ObservedFleet {
  constructor(private readonly kube: KubeClient, private readonly ns: string) {}

  public async state(): Promise<EndState> {
    const [objects, deliveries] = await Promise.all([this.objects(), this.deliveries()]);
    const owners = new Map(['web', 'api', 'fresh', 'ours', 'theirs'].map(name => [applySetId(name, `flotilla-${this.ns}`), name]));
    const live = new Map(objects.map(object => [`${object.kind}/${object.metadata.name}`, object.metadata.uid]));
    return {
      objects: objects.filter(object => !object.metadata.deletionTimestamp).map(object => this.named([
        object.kind, object.metadata.namespace, object.metadata.name, 'of', owners.get(object.metadata.labels?.[PART_OF_LABEL] ?? ''),
        object.kind === 'ConfigMap' ? JSON.stringify(object.data) : '',
      ].join(' '))).sort(),
      deliveries: deliveries.map(({ metadata, spec, status = {} }) => this.named(JSON.stringify([
        metadata.name, spec.cluster, status.conditions?.filter((each: { status: string }) => each.status === 'True').map((each: { type: string }) => each.type),
        status.revision === status.observedRevision ? 'whole' : 'not whole', status.failures?.length ?? 0, status.held?.objects ?? [], status.ready,
        (status.inventory ?? []).map((line: string) => {
          const [key, uid, hash] = line.split(' ');
          const [kind] = key.split(/[./]/);
          return `${key} ${uid === live.get(`${kind}/${key.split('/').at(-1)}`) ? 'same' : uid} ${hash === '-' ? 'no file' : ''}`;
        }),
      ]))).sort(),
    };
  }

  /** By `Kind/name`. */
  public async uids(): Promise<Map<string, string | undefined>> {
    return new Map((await this.objects()).map(object => [this.named(`${object.kind} ${object.metadata.namespace} ${object.metadata.name}`), object.metadata.uid]));
  }

  /** Takes it all away, so that later runs have less to look at. */
  public async remove(): Promise<void> {
    await this.kube.request('DELETE', `/apis/cdk8s-flotilla.dev/v1alpha1/namespaces/flotilla-${this.ns}/deliveries`);
    await Promise.all((await this.objects()).filter(({ kind }) => kind !== 'Namespace').map(async ({ kind, metadata: { name, namespace } }) => this.kube.request('DELETE',
      kind === 'CustomResourceDefinition' ? `/apis/apiextensions.k8s.io/v1/customresourcedefinitions/${name}`
        : kind === 'Gear' ? `/apis/${this.ns}.example/v1/namespaces/${namespace}/gears/${name}`
          : `/api/v1/namespaces/${namespace}/${kind.toLowerCase()}s/${name}`)));
    await Promise.all([this.ns, `${this.ns}x`, `flotilla-${this.ns}`].map(async name => {
      const path = `/api/v1/namespaces/${name}`;
      const { status } = await this.kube.request('DELETE', path);
      if (status < 300 || status === 409) {
        // No controller is there to end it.
        await this.kube.request('PUT', `${path}/finalize`, { apiVersion: 'v1', kind: 'Namespace', metadata: { name }, spec: { finalizers: [] } });
      }
    }));
  }

  private named(text: string): string {
    return text.replaceAll(this.ns, 'NS');
  }

  private async deliveries(): Promise<KubeObject[]> {
    return this.listed(`/apis/cdk8s-flotilla.dev/v1alpha1/namespaces/flotilla-${this.ns}/deliveries`);
  }

  private async objects(): Promise<KubeObject[]> {
    const crd = await this.kube.tryGet(`/apis/apiextensions.k8s.io/v1/customresourcedefinitions/gears.${this.ns}.example`);
    const namespaces = await Promise.all([this.ns, `${this.ns}x`].map(async name => this.kube.tryGet(`/api/v1/namespaces/${name}`)));
    const lists = await Promise.all([
      ...[this.ns, `${this.ns}x`].flatMap(name => ['configmaps', 'services'].map(plural => `/api/v1/namespaces/${name}/${plural}`)),
      ...crd ? [`/apis/${this.ns}.example/v1/namespaces/${this.ns}/gears`] : [],
    ].map(async path => this.listed(path)));
    return [...lists.flat(), ...namespaces, crd].filter(object => object !== undefined);
  }

  private async listed(path: string): Promise<KubeObject[]> {
    const { status, body } = await this.kube.request('GET', path);
    const list = body as KubeObject & { items?: KubeObject[] };
    return status === 200 ? (list.items ?? []).map(item => ({ ...item, apiVersion: list.apiVersion, kind: list.kind.replace(/List$/, '') })) : [];
  }
}
