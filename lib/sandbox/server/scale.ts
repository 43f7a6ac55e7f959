import { ScaleFields } from '../fields/scale-fields';
import { isMap, type Json, type JsonMap, type StoredObject } from '../json';
import { groupVersionOf, type ServedResource } from '../served-resource';
import { kindOf } from './catalog';
import { fromStorage } from './conversion';
import { badRequest, conflict, invalid, MODIFIED, notFound } from './refusals';
import type { NextObject, WriteRequest, Written } from './write-request';
import { updateObject, type WriteContext } from './writes';

interface ScalePaths {
  readonly spec: readonly string[];
  readonly status: readonly string[];
  /** Of a text with the selector, or of a LabelSelector. */
  readonly selector?: readonly string[];
}

const BUILT_IN: ScalePaths = { spec: ['spec', 'replicas'], status: ['status', 'replicas'], selector: ['spec', 'selector'] };

/** The Scale of an object: the same three things whatever its kind calls them. */
export function scaleOf(resource: ServedResource, object: StoredObject): StoredObject {
  const paths = pathsOf(resource);
  const { name, namespace, uid, resourceVersion, creationTimestamp } = object.metadata;
  const selector = paths.selector && selectorText(at(object, paths.selector));
  return {
    kind: 'Scale', apiVersion: 'autoscaling/v1',
    metadata: { name, ...namespace ? { namespace } : {}, uid, resourceVersion, creationTimestamp: creationTimestamp! },
    // A number that is 0 is not written, as in all objects of that type.
    spec: omitZero('replicas', at(object, paths.spec)),
    status: { replicas: at(object, paths.status) ?? 0, ...selector ? { selector } : {} },
  };
}

export function readScale({ store }: WriteContext, request: WriteRequest, name: string): StoredObject {
  const object = store.tryFind(kindOf(request.resource), request.namespace ?? '', name);
  if (!object) throw notFound(request.resource, name);
  return scaleOf(request.resource, fromStorage(request.resource, object));
}

/** Writes the number of replicas. @param next makes a Scale of the present one */
export function writeScale(context: WriteContext, request: WriteRequest, name: string, next: NextObject): Written {
  const { resource } = request;
  const before = readScale(context, request, name);
  const scale = next(before);
  const metadata = isMap(scale.metadata) ? scale.metadata : {};
  if (!metadata.name) throw badRequest(`the name of the object (${name} based on URL) was undeterminable: name must be provided`);
  if (metadata.name !== name) throw badRequest(`the name of the object (${String(metadata.name)}) does not match the name on the URL (${name})`);
  const replicas = isMap(scale.spec) ? scale.spec.replicas ?? 0 : 0;
  if (typeof replicas !== 'number') throw badRequest('Scale in version "v1" cannot be handled as a Scale: json: cannot unmarshal string into Go struct field ScaleSpec.spec.replicas of type int32');
  if (replicas < 0) {
    throw invalid({ group: 'autoscaling', kind: 'Scale' }, name, [{ reason: 'FieldValueInvalid', message: `Invalid value: ${replicas}: must be greater than or equal to 0`, field: 'spec.replicas' }]);
  }
  if (metadata.resourceVersion && metadata.resourceVersion !== before.metadata.resourceVersion) throw conflict(resource, name, MODIFIED);
  const written = updateObject(context, { ...request, subresource: 'scale' }, {
    name, creates: false, unconditional: true, managed: true,
    next: live => withOwners(context, request, live!, withValue(structuredClone(live!), pathsOf(resource).spec, replicas)),
  });
  return { ...written, object: scaleOf(resource, written.object) };
}

/** Who writes the Scale comes to own the number in the object. */
function withOwners({ rules, now }: WriteContext, { resource, manager }: WriteRequest, live: StoredObject, next: StoredObject): StoredObject {
  const fields = new ScaleFields(live.metadata.managedFields, rules.replicasOf(resource), groupVersionOf(resource));
  const before = withFields(scaleOf(resource, live), fields.toScale());
  const after = rules.manageScale(withFields(scaleOf(resource, next), fields.toScale()), before, { name: manager, time: now(), subresource: 'scale' });
  return withFields(next, fields.toParent(after.metadata.managedFields));
}

function withFields(object: StoredObject, managedFields: Json[] | undefined): StoredObject {
  const { managedFields: _, ...metadata } = object.metadata;
  return { ...object, metadata: { ...metadata, ...managedFields ? { managedFields } : {} } as StoredObject['metadata'] };
}

/** Where each version of a resource keeps its number of replicas: `.spec.replicas`. */
export function replicasPath(resource: ServedResource): string | undefined {
  return resource.subresources.some(({ name }) => name === 'scale') ? `.${pathsOf(resource).spec.join('.')}` : undefined;
}

function pathsOf(resource: ServedResource): ScalePaths {
  if (resource.definition === undefined) return BUILT_IN;
  const spec = (resource.definition as JsonMap).spec as { versions: JsonMap[] };
  const version = spec.versions.find(each => each.name === resource.version);
  const scale = (version?.subresources as { scale?: Record<string, string> } | undefined)?.scale ?? {};
  const path = (text: string | undefined) => text?.split('.').filter(part => part !== '');
  return { spec: path(scale.specReplicasPath)!, status: path(scale.statusReplicasPath)!, selector: path(scale.labelSelectorPath) };
}

function at(object: Json, path: readonly string[]): Json | undefined {
  return path.reduce<Json | undefined>((value, key) => (isMap(value) ? value[key] : undefined), object);
}

function withValue(object: StoredObject, path: readonly string[], value: Json): StoredObject {
  let map: JsonMap = object;
  for (const key of path.slice(0, -1)) map = (map[key] = isMap(map[key]) ? map[key] : {}) as JsonMap;
  map[path[path.length - 1]] = value;
  return object;
}

function omitZero(key: string, value: Json | undefined): JsonMap {
  return value === undefined || value === 0 ? {} : { [key]: value };
}

/** As a query says it: `app=web,tier in (a,b)`. */
function selectorText(selector: Json | undefined): string | undefined {
  if (typeof selector === 'string') return selector;
  if (!isMap(selector)) return undefined;
  const { matchLabels, matchExpressions } = selector;
  // A ReplicationController has the labels themselves.
  const labels = isMap(matchLabels) ? matchLabels : matchExpressions === undefined ? selector : {};
  const terms = Object.entries(labels).map(([key, value]) => `${key}=${String(value)}`);
  for (const { key, operator, values } of (Array.isArray(matchExpressions) ? matchExpressions : []) as { key: string; operator: string; values?: string[] }[]) {
    if (operator === 'Exists') terms.push(key);
    else if (operator === 'DoesNotExist') terms.push(`!${key}`);
    else terms.push(`${key} ${operator === 'In' ? 'in' : 'notin'} (${[...values ?? []].sort().join(',')})`);
  }
  return terms.sort().join(',');
}
