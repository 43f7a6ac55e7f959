import { forbidden } from './forbidden';
import { findViolations, type Level } from './pod-security-checks';
import type { AdmissionRequest, ClusterApi } from '../api';
import { isMap, type Json, type JsonMap } from '../json';

const LABEL = 'pod-security.kubernetes.io/';

/** Where the template of its Pods stands in a kind. */
const TEMPLATES: Readonly<Record<string, readonly string[]>> = {
  'podtemplates': ['template'], 'replicationcontrollers': ['spec', 'template'],
  'replicasets.apps': ['spec', 'template'], 'deployments.apps': ['spec', 'template'], 'statefulsets.apps': ['spec', 'template'], 'daemonsets.apps': ['spec', 'template'],
  'jobs.batch': ['spec', 'template'], 'cronjobs.batch': ['spec', 'jobTemplate', 'spec', 'template'],
};

/** What the labels of a namespace demand of its Pods: `enforce` refuses them, `warn` tells it, of the templates of workloads too. */
export function checkPodSecurity(request: AdmissionRequest, api: ClusterApi): void {
  const { operation, resource: { group, plural }, subresource, namespace, object } = request;
  if (operation === 'DELETE' || subresource || !namespace || !object) return;
  const resource = group ? `${plural}.${group}` : plural;
  const isPod = resource === 'pods';
  if (!isPod && !TEMPLATES[resource]) return;
  const labels = api.tryFind('namespaces', { name: namespace })?.metadata.labels;
  if (!isMap(labels)) return;
  const template = isPod ? object : TEMPLATES[resource].reduce<Json | undefined>((value, key) => (isMap(value) ? value[key] : undefined), object);
  if (!isMap(template) || !isMap(template.spec)) return;
  const metadata = (isMap(template.metadata) ? template.metadata : {});
  if (isPod && operation === 'CREATE') enforce(request, labels, metadata, template.spec);
  warn(request, labels, metadata, template.spec);
}

function enforce({ resource, name }: AdmissionRequest, labels: JsonMap, metadata: JsonMap, spec: JsonMap): void {
  const told = tellViolations(labels, 'enforce', metadata, spec);
  if (told) throw forbidden(resource, name, `violates PodSecurity ${told}`);
}

function warn({ warn: tell }: AdmissionRequest, labels: JsonMap, metadata: JsonMap, spec: JsonMap): void {
  const told = tell && tellViolations(labels, 'warn', metadata, spec);
  if (told) tell(`would violate PodSecurity ${told}`);
}

function tellViolations(labels: JsonMap, mode: 'enforce' | 'warn', metadata: JsonMap, spec: JsonMap): string | undefined {
  // Without a level of its own for warnings, those of enforcement are told where the Pods are not refused: in workloads.
  const own = labels[LABEL + mode] === undefined && mode === 'warn' ? 'enforce' : mode;
  const level = labels[LABEL + own];
  if (level !== 'baseline' && level !== 'restricted') return undefined;
  const violations = findViolations(level as Level, metadata, spec);
  const version = String(labels[`${LABEL}${own}-version`] ?? 'latest');
  const list = violations.map(({ reason, detail }) => (detail ? `${reason} (${detail})` : reason)).join(', ');
  return violations.length > 0 ? `${JSON.stringify(`${level}:${version}`)}: ${list}` : undefined;
}
