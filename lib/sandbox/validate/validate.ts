import { checkCustom } from './custom';
import { checkDefinition } from './definition';
import { FieldProblems } from './field-problems';
import { IMMUTABLE } from './immutable';
import { KIND_CHECKS } from './kinds';
import { checkChangedMetadata, checkMetadata, checkNewMetadata } from './metadata';
import { STATUS_CHECKS } from './status';
import { CHECKED_AGAIN, WORKLOAD_CHECKS } from './workload';
import { isMap, type JsonMap } from '../json';
import { resourceName, type ServedResource } from '../served-resource';
import type { StatusCause } from '../status-error';

type Check = (object: JsonMap, problems: FieldProblems) => void;

const CHECKS: Readonly<Record<string, Check>> = {
  ...WORKLOAD_CHECKS, ...KIND_CHECKS, 'customresourcedefinitions.apiextensions.k8s.io': checkDefinition,
};

/** Kinds of which a changed object is checked as a new one too. */
const CHECKED_AS_NEW: ReadonlySet<string> = new Set([
  'configmaps', 'secrets', 'serviceaccounts', 'pods', 'namespaces', 'nodes', 'persistentvolumes', 'persistentvolumeclaims', 'limitranges', 'jobs.batch',
  'ingresses.networking.k8s.io', 'ingressclasses.networking.k8s.io', 'storageclasses.storage.k8s.io', 'endpointslices.discovery.k8s.io',
  ...['roles', 'clusterroles', 'rolebindings', 'clusterrolebindings'].map(plural => `${plural}.rbac.authorization.k8s.io`),
  ...['validatingwebhookconfigurations', 'mutatingwebhookconfigurations'].map(plural => `${plural}.admissionregistration.k8s.io`),
]);

/** Kinds of which a changed object is checked as a new one before it is compared with the old one. */
const NEW_FIRST: ReadonlySet<string> = new Set(['jobs.batch', ...['roles', 'clusterroles', 'rolebindings', 'clusterrolebindings'].map(plural => `${plural}.rbac.authorization.k8s.io`)]);

/** Kinds of which the fields that may not change are told before what is wrong with the others. */
const IMMUTABLE_FIRST: ReadonlySet<string> = new Set(['configmaps', 'secrets', 'services', 'daemonsets.apps']);

/** Kinds whose own check of a change has no look at metadata. */
const CHANGED_ONCE: ReadonlySet<string> = new Set([
  'limitranges', 'endpointslices.discovery.k8s.io', 'poddisruptionbudgets.policy',
  'validatingwebhookconfigurations.admissionregistration.k8s.io', 'mutatingwebhookconfigurations.admissionregistration.k8s.io',
]);

/** What is wrong with a new object, after its defaults and admission; nothing when it may be stored. `invalid` makes the refusal of it. */
export function validateCreate(resource: ServedResource, object: JsonMap): StatusCause[] {
  const problems = new FieldProblems();
  checkNewMetadata(resource, object, problems);
  if (resource.definition !== undefined) checkCustom(resource, object, undefined, problems);
  else CHECKS[resourceName(resource)]?.(object, problems);
  return problems.causes;
}

/**
 * The same for a change of `old`: also what may not change is told.
 *
 * @param subresource through `status` only metadata and the status are looked at
 */
export function validateUpdate(resource: ServedResource, object: JsonMap, old: JsonMap, subresource?: string): StatusCause[] {
  const problems = new FieldProblems();
  // The real server looks at metadata in general, then for the kind, and says it each time.
  const name = resourceName(resource);
  checkMetadata(resource, object.metadata as JsonMap, problems);
  checkChangedMetadata(object, old, problems);
  const isWhole = !subresource && resource.definition === undefined;
  const checkAsNew = () => {
    if (!subresource && CHECKED_AS_NEW.has(name)) checkNewMetadata(resource, object, problems);
    if (isWhole) CHECKS[name]?.(object, problems);
  };
  const checkImmutable = () => {
    if (isWhole) for (const check of IMMUTABLE[name] ?? []) check(object, old, problems);
  };
  if (isWhole && NEW_FIRST.has(name)) checkAsNew();
  if (!CHANGED_ONCE.has(name)) checkChangedMetadata(object, old, problems);
  if (IMMUTABLE_FIRST.has(name)) checkImmutable();
  if (!(isWhole && NEW_FIRST.has(name))) checkAsNew();
  if (isWhole) CHECKED_AGAIN[name]?.(object, problems);
  if (!IMMUTABLE_FIRST.has(name)) checkImmutable();
  if (resource.definition !== undefined) checkCustom(resource, object, old, problems, subresource);
  else if (subresource === 'status') STATUS_CHECKS[name]?.((isMap(object.status) ? object.status : {}), object, old, problems);
  return problems.causes;
}
