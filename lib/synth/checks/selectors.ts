import { ClusterObjects } from './cluster-objects';
import { Finding } from './finding';
import { podTemplateOf } from './pod-template';
import { isMap, type Json, type JsonMap } from '../../schema/json';
import { formatGroupKind, groupOf, Manifest } from '../../tree/manifest';

const WITH_SELECTOR: ReadonlySet<string> = new Set(['Deployment.apps', 'StatefulSet.apps', 'DaemonSet.apps', 'ReplicaSet.apps', 'ReplicationController']);

/** A workload whose selector does not select the pods of its own template: the API server refuses it. */
export function checkOwnSelector(manifest: Manifest): Finding[] {
  if (!WITH_SELECTOR.has(groupKindOf(manifest)) || !isMap(manifest.spec)) {
    return [];
  }
  const selector = manifest.kind === 'ReplicationController' ? plainSelector(manifest.spec.selector) : manifest.spec.selector;
  const labels = podTemplateOf(manifest)?.labels ?? {};
  if (!isMap(selector) || isEmpty(selector) || selects(selector, labels)) {
    return [];
  }
  return [{
    check: 'selector-mismatch', what: `has a selector, ${describe(selector)}, that does not select the pods of its own template, which have ${describeLabels(labels)}`,
    fix: 'give spec.template.metadata.labels all labels of spec.selector',
  }];
}

/** Selectors that look for pods, by kind; the words say what comes of none being there. */
const LOOKING: ReadonlyMap<string, { readonly field: string; readonly plain?: true; readonly effect: string }> = new Map(Object.entries({
  'Service': { field: 'selector', plain: true as const, effect: 'it has no endpoints' },
  'PodDisruptionBudget.policy': { field: 'selector', effect: 'it protects nothing' },
  'NetworkPolicy.networking.k8s.io': { field: 'podSelector', effect: 'it restricts nothing' },
}));

/** Labels that controllers give to pods, beside those of the template. */
const GIVEN_LABELS: ReadonlySet<string> = new Set([
  'pod-template-hash', 'controller-revision-hash', 'statefulset.kubernetes.io/pod-name', 'apps.kubernetes.io/pod-index', 'job-name', 'controller-uid',
  'batch.kubernetes.io/job-name', 'batch.kubernetes.io/controller-uid', 'batch.kubernetes.io/job-completion-index',
]);

/**
 * A selector that none of the pods that the fleet runs in its namespace has the labels for. In a namespace in which it runs none, or where a custom kind
 * may make some, nothing can be said.
 */
export function checkPodSelector(manifest: Manifest, objects: ClusterObjects): Finding[] {
  const looking = LOOKING.get(groupKindOf(manifest));
  if (!looking || !isMap(manifest.spec)) {
    return [];
  }
  const selector = looking.plain ? plainSelector(manifest.spec[looking.field]) : manifest.spec[looking.field];
  const namespace = manifest.metadata.namespace ?? '';
  if (!isMap(selector) || isEmpty(selector) || manifest.spec.type === 'ExternalName') {
    return [];
  }
  const pods = objects.podsIn(namespace);
  if (pods.length === 0 || objects.mayHaveOtherPods(namespace) || pods.some(labels => selects(selector, labels, GIVEN_LABELS))) {
    return [];
  }
  return [{
    check: 'unmatched-selector', what: `selects pods with ${describe(selector)}, and no pod that the fleet runs in ${namespace} has them: ${looking.effect}`,
    fix: nearest(selector, pods),
  }];
}

function plainSelector(selector: Json | undefined): JsonMap | undefined {
  return isMap(selector) ? { matchLabels: selector } : undefined;
}

function isEmpty({ matchLabels, matchExpressions }: JsonMap): boolean {
  return !(isMap(matchLabels) && Object.keys(matchLabels).length > 0) && !(Array.isArray(matchExpressions) && matchExpressions.length > 0);
}

/** Whether a LabelSelector selects what has these labels, and those that are given by others. */
function selects({ matchLabels, matchExpressions }: JsonMap, labels: Readonly<Record<string, unknown>>, given: ReadonlySet<string> = new Set()): boolean {
  return Object.entries(isMap(matchLabels) ? matchLabels : {}).every(([key, value]) => given.has(key) || labels[key] === value)
    && (Array.isArray(matchExpressions) ? matchExpressions : []).filter(isMap).every(({ key, operator, values }) => {
      if (given.has(String(key))) {
        return true;
      }
      const value = labels[String(key)] as Json | undefined;
      const listed = Array.isArray(values) && value !== undefined && values.includes(value);
      switch (operator) {
        case 'In': return listed;
        case 'NotIn': return !listed;
        case 'Exists': return value !== undefined;
        case 'DoesNotExist': return value === undefined;
        default: return true;
      }
    });
}

function describe({ matchLabels, matchExpressions }: JsonMap): string {
  const labels = isMap(matchLabels) ? Object.entries(matchLabels).map(([key, value]) => `${key}=${String(value)}`) : [];
  const expressions = (Array.isArray(matchExpressions) ? matchExpressions : []).filter(isMap)
    .map(({ key, operator, values }) => `${String(key)} ${String(operator)}${Array.isArray(values) ? ` (${values.join(', ')})` : ''}`);
  return [...labels, ...expressions].join(', ');
}

function describeLabels(labels: Readonly<Record<string, unknown>>): string {
  return Object.entries(labels).map(([key, value]) => `${key}=${String(value)}`).join(', ') || 'no labels';
}

/** The label that stands between the selector and the pods that are nearest to it. */
function nearest({ matchLabels }: JsonMap, pods: readonly Readonly<Record<string, unknown>>[]): string {
  const wanted = Object.entries(isMap(matchLabels) ? matchLabels : {});
  const missing = pods.map(labels => wanted.filter(([key, value]) => labels[key] !== value).map(([key]) => ({ key, found: labels[key] })));
  const [best] = missing.filter(each => each.length > 0).sort((a, b) => a.length - b.length);
  if (!best || best.length === wanted.length) {
    return 'give the pods these labels, or select others';
  }
  const [{ key, found }] = best;
  return found === undefined ? `give the pods the label ${key}, or leave it out of the selector` : `the nearest pods have ${key}=${String(found)}: select those, or change the label`;
}

function groupKindOf({ apiVersion, kind }: Manifest): string {
  return formatGroupKind({ group: groupOf(apiVersion), kind });
}
