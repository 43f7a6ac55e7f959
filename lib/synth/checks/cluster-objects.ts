import { creatableIn } from './creators';
import { podTemplateOf } from './pod-template';
import { isMap, type Json, type JsonMap } from '../../schema/json';
import { formatGroupKind, formatIdentity, groupOf, identityOf, Manifest } from '../../tree/manifest';
import { isBuiltInGroup } from '../scope';

/** Custom kinds that are known to run no pods, by their group; of some groups only these kinds. */
const WITHOUT_PODS: ReadonlyMap<string, readonly string[] | 'all'> = new Map<string, readonly string[] | 'all'>([
  ['external-secrets.io', 'all'], ['generators.external-secrets.io', 'all'], ['bitnami.com', ['SealedSecret']], ['isindir.github.com', ['SopsSecret']],
  ['cert-manager.io', ['Certificate', 'Issuer', 'CertificateRequest']], ['trust.cert-manager.io', 'all'],
  ['monitoring.coreos.com', ['ServiceMonitor', 'PodMonitor', 'PrometheusRule', 'Probe', 'ScrapeConfig', 'AlertmanagerConfig']],
  ['route.openshift.io', 'all'], ['gateway.networking.k8s.io', ['HTTPRoute', 'GRPCRoute', 'TCPRoute', 'TLSRoute', 'UDPRoute', 'ReferenceGrant', 'BackendTLSPolicy']],
  ['networking.istio.io', 'all'], ['security.istio.io', 'all'], ['telemetry.istio.io', 'all'], ['projectcontour.io', 'all'],
  ['traefik.io', 'all'], ['cilium.io', 'all'], ['kyverno.io', 'all'], ['keda.sh', ['ScaledObject', 'TriggerAuthentication']], ['autoscaling.k8s.io', 'all'],
  ['argoproj.io', ['AppProject']], ['secrets-store.csi.x-k8s.io', 'all'], ['cdk8s-flotilla.dev', 'all'],
]);

/** The objects of all targets of a cluster, as references and selectors look at them. What nobody asks for is not computed. */
export class ClusterObjects {
  private readonly byIdentity = new Map<string, Manifest>();
  private pods?: Map<string, JsonMap[]>;
  private otherPods?: Set<string>;
  private words?: Set<string>;
  private creatable?: ReadonlySet<string>;

  constructor(private readonly manifests: readonly Manifest[]) {
    manifests.forEach(manifest => this.byIdentity.set(formatIdentity(identityOf(manifest)), manifest));
  }

  /** @param groupKind `Deployment.apps` */
  public tryFind(groupKind: string, namespace: string | undefined, name: string): Manifest | undefined {
    return this.byIdentity.get(namespace ? `${groupKind}/${namespace}/${name}` : `${groupKind}/${name}`);
  }

  /** Names of the objects of a kind in a namespace. */
  public namesOf(groupKind: string, namespace: string | undefined): string[] {
    const prefix = namespace ? `${groupKind}/${namespace}/` : `${groupKind}/`;
    return [...this.byIdentity.keys()].filter(identity => identity.startsWith(prefix)).map(identity => identity.slice(prefix.length));
  }

  /** The labels of the pods that built-in workloads run in a namespace. */
  public podsIn(namespace: string): readonly JsonMap[] {
    if (!this.pods) {
      this.pods = new Map();
      for (const manifest of this.manifests) {
        const labels = podTemplateOf(manifest)?.labels;
        const of = manifest.metadata.namespace ?? '';
        if (labels) {
          const others = this.pods.get(of);
          if (others) {
            others.push(labels);
          } else {
            this.pods.set(of, [labels]);
          }
        }
      }
    }
    return this.pods.get(namespace) ?? [];
  }

  /** Whether something that the fleet puts into a namespace may run pods there that the fleet does not name. */
  public mayHaveOtherPods(namespace: string): boolean {
    this.otherPods ??= new Set(this.manifests.filter(mayRunPods).map(({ metadata }) => metadata.namespace ?? ''));
    // An object without a namespace may be for any of them.
    return this.otherPods.has(namespace) || this.otherPods.has('') || this.isCreatable('pods', namespace);
  }

  /**
   * Whether a custom object has the text anywhere, or a container is told it: an operator or a program that gets a name may make what it names.
   */
  public isMentioned(name: string): boolean {
    this.words ??= wordsOf(this.manifests);
    return this.words.has(name);
  }

  /** Whether a program that runs in a namespace is allowed to create such objects there. @param resource `secrets`, `configmaps`, `pods`, … */
  public isCreatable(resource: string, namespace: string): boolean {
    this.creatable ??= creatableIn(this.manifests);
    return this.creatable.has(`${resource} ${namespace}`) || this.creatable.has(`* ${namespace}`);
  }
}

function mayRunPods({ apiVersion, kind }: Manifest): boolean {
  const group = groupOf(apiVersion);
  const known = WITHOUT_PODS.get(group);
  return !isBuiltInGroup(group) && known !== 'all' && !known?.includes(kind);
}

function wordsOf(manifests: readonly Manifest[]): Set<string> {
  const words = new Set<string>();
  for (const manifest of manifests) {
    if (!isBuiltInGroup(groupOf(manifest.apiVersion))) {
      collectTexts(manifest as unknown as JsonMap, words);
      continue;
    }
    const containers = podTemplateOf(manifest)?.spec;
    for (const container of [containers?.containers, containers?.initContainers].flat().filter(isMap)) {
      const env = Array.isArray(container.env) ? container.env.filter(isMap).map(({ value }) => value) : [];
      for (const text of [container.command, container.args, env].flat()) {
        // `--secret-name=webhook-tls`, `$(NAMESPACE)/webhook-tls`, a line of a script
        if (typeof text === 'string') {
          text.split(/[^a-zA-Z0-9.-]+/).forEach(word => words.add(word));
        }
      }
    }
    // `service.beta.openshift.io/serving-cert-secret-name`, `cert-manager.io/…`
    Object.values(manifest.metadata.annotations ?? {}).forEach(text => words.add(String(text)));
  }
  return words;
}

function collectTexts(value: Json, words: Set<string>): void {
  if (typeof value === 'string') {
    words.add(value);
  } else if (Array.isArray(value)) {
    value.forEach(item => collectTexts(item, words));
  } else if (isMap(value)) {
    Object.values(value).forEach(item => collectTexts(item, words));
  }
}

/** `Deployment.apps` */
export function groupKindOf({ apiVersion, kind }: Manifest): string {
  return formatGroupKind({ group: groupOf(apiVersion), kind });
}
