import type { FieldProblems } from './field-problems';
import { dnsLabel, dnsSubdomain, labelValue, pathSegment, qualifiedName, type NameRule } from './names';
import { isEqual } from '../defaults/equal';
import { isMap, type Json, type JsonMap } from '../json';
import { resourceName, type ServedResource } from '../served-resource';

/** Of the bytes of all keys and values. */
const MOST_ANNOTATIONS = 256 * 1024;

/** Kinds whose names are no DNS subdomain, as most are. */
const NAME_RULES: Readonly<Record<string, NameRule>> = {
  'namespaces': dnsLabel, 'services': dnsLabel,
  'statefulsets.apps': dnsLabel,
  'roles.rbac.authorization.k8s.io': pathSegment, 'clusterroles.rbac.authorization.k8s.io': pathSegment,
  'rolebindings.rbac.authorization.k8s.io': pathSegment, 'clusterrolebindings.rbac.authorization.k8s.io': pathSegment,
};

export function checkNewMetadata(resource: ServedResource, object: JsonMap, problems: FieldProblems): void {
  const metadata = object.metadata as JsonMap;
  const { name, generateName, namespace } = metadata;
  const rule = NAME_RULES[resourceName(resource)] ?? dnsSubdomain;
  // What stands before a generated end may end with a dash.
  if (generateName) problems.eachInvalid('metadata.generateName', generateName, rule(String(generateName).replace(/-$/, 'a')));
  if (!name) problems.required('metadata.name', 'name or generateName is required');
  else problems.eachInvalid('metadata.name', name, nameProblems(resource, String(name), rule));
  if (!resource.namespaced && namespace) problems.forbidden('metadata.namespace', 'not allowed on this type');
  if (resource.namespaced) {
    if (!namespace) problems.required('metadata.namespace');
    else problems.eachInvalid('metadata.namespace', namespace, dnsLabel(String(namespace)));
  }
  checkMetadata(resource, metadata, problems);
}

function nameProblems(resource: ServedResource, name: string, rule: NameRule): string[] {
  if (resourceName(resource) !== 'cronjobs.batch' || name.length <= 52) return rule(name);
  return ['must be no more than 52 characters', ...rule(name)];
}

export function checkChangedMetadata(object: JsonMap, old: JsonMap, problems: FieldProblems): void {
  const [now, before] = [object.metadata as JsonMap, old.metadata as JsonMap];
  if (before.deletionTimestamp) {
    const had = new Set((before.finalizers ?? []) as string[]);
    const added = ((now.finalizers ?? []) as string[]).filter(finalizer => !had.has(finalizer)).sort();
    if (added.length > 0) {
      const told = `[]string{${added.map(item => JSON.stringify(item)).join(', ')}}`;
      problems.forbidden('metadata.finalizers', `no new finalizers can be added if the object is being deleted, found new finalizers ${told}`);
    }
  }
  for (const key of ['name', 'namespace', 'uid', 'creationTimestamp', 'deletionTimestamp', 'deletionGracePeriodSeconds']) {
    if (!isEqual(now[key], before[key])) problems.invalid(`metadata.${key}`, now[key] ?? null, 'field is immutable');
  }
  checkDescription(now, problems);
}

/** Labels, annotations, owners and finalizers. */
export function checkMetadata({ group, definition }: Pick<ServedResource, 'group' | 'definition'>, metadata: JsonMap, problems: FieldProblems): void {
  checkDescription(metadata, problems);
  // Custom resources, their definitions and aggregated APIs are not held to the finalizers of Kubernetes itself.
  const isCore = definition === undefined && group !== 'apiextensions.k8s.io' && group !== 'apiregistration.k8s.io';
  ((metadata.finalizers ?? []) as string[]).forEach((finalizer, i) => {
    problems.eachInvalid('metadata.finalizers', finalizer, qualifiedName(finalizer));
    const known = !isCore || finalizer.includes('/') || /^(orphan|foregroundDeletion|kubernetes)$/.test(finalizer);
    if (!known) problems.invalid(`metadata.finalizers[${i}]`, finalizer, 'name is neither a standard finalizer name nor is it fully qualified');
  });
}

function checkDescription({ labels, annotations, ownerReferences }: JsonMap, problems: FieldProblems): void {
  checkLabels(labels, 'metadata.labels', problems);
  let size = 0;
  for (const [key, value] of Object.entries(isMap(annotations) ? annotations : {})) {
    problems.eachInvalid('metadata.annotations', key, qualifiedName(key.toLowerCase()));
    size += Buffer.byteLength(key) + Buffer.byteLength(String(value));
  }
  if (size > MOST_ANNOTATIONS) problems.tooLong('metadata.annotations', MOST_ANNOTATIONS);
  let controller: string | undefined;
  for (const owner of Array.isArray(ownerReferences) ? ownerReferences.filter(isMap) : []) {
    const at = 'metadata.ownerReferences';
    if (!owner.apiVersion) problems.invalid(`${at}.apiVersion`, owner.apiVersion ?? '', 'version must not be empty');
    for (const key of ['kind', 'name', 'uid']) if (!owner[key]) problems.invalid(`${at}.${key}`, owner[key] ?? '', 'must not be empty');
    if (owner.apiVersion === 'v1' && owner.kind === 'Event') problems.invalid(at, owner, '/v1, Kind=Event is disallowed from being an owner');
    if (owner.controller !== true) continue;
    const present = `${String(owner.kind)}/${String(owner.name)}`;
    if (controller) {
      problems.invalid(at, ownerReferences, `Only one reference can have Controller set to true. Found "true" in references for ${controller} and ${present}`);
    }
    controller ??= present;
  }
}

export function checkLabels(labels: Json | undefined, path: string, problems: FieldProblems): void {
  for (const [key, value] of Object.entries(isMap(labels) ? labels : {})) {
    problems.eachInvalid(path, key, qualifiedName(key));
    problems.eachInvalid(path, value, labelValue(String(value)));
  }
}

/** A selector of the kind with `matchLabels` and `matchExpressions`. */
export function checkSelector(selector: Json | undefined, path: string, problems: FieldProblems): void {
  if (!isMap(selector)) return;
  checkLabels(selector.matchLabels, `${path}.matchLabels`, problems);
  (Array.isArray(selector.matchExpressions) ? selector.matchExpressions.filter(isMap) : []).forEach(({ key, operator, values }, i) => {
    const at = `${path}.matchExpressions[${i}]`;
    const count = Array.isArray(values) ? values.length : 0;
    if ((operator === 'In' || operator === 'NotIn') && count === 0) problems.required(`${at}.values`, "must be specified when `operator` is 'In' or 'NotIn'");
    else if ((operator === 'Exists' || operator === 'DoesNotExist') && count > 0) problems.forbidden(`${at}.values`, "may not be specified when `operator` is 'Exists' or 'DoesNotExist'");
    else if (!/^(In|NotIn|Exists|DoesNotExist)$/.test(String(operator))) problems.invalid(`${at}.operator`, operator, 'not a valid selector operator');
    problems.eachInvalid(`${at}.key`, key, qualifiedName(String(key)));
    (Array.isArray(values) ? values : []).forEach((value, j) => problems.eachInvalid(`${at}.values[${j}]`, value, labelValue(String(value))));
  });
}

/** Whether labels are selected. No selector selects nothing, an empty one everything. */
export function isSelected(selector: Json | undefined, labels: Json | undefined): boolean {
  if (!isMap(selector)) return false;
  const own = isMap(labels) ? labels : {};
  const wanted = isMap(selector.matchLabels) ? selector.matchLabels : {};
  const expressions = Array.isArray(selector.matchExpressions) ? selector.matchExpressions.filter(isMap) : [];
  return Object.entries(wanted).every(([key, value]) => own[key] === value) && expressions.every(({ key, operator, values }) => {
    const value = own[String(key)];
    switch (operator) {
      case 'In': return value !== undefined && (values as Json[]).includes(value);
      case 'NotIn': return value === undefined || !(values as Json[]).includes(value);
      case 'Exists': return value !== undefined;
      default: return value === undefined;
    }
  });
}
