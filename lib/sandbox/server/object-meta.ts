import { randomUUID } from 'node:crypto';
import { isMap, type Json, type JsonMap, type StoredObject } from '../json';
import { randomLetters } from '../name-letters';
import { groupVersionOf, type ServedResource } from '../served-resource';
import { badRequest, invalid } from './refusals';
import type { WriteRequest } from './write-request';
import { timestamp } from '../timestamp';

/** Brings a body into the frame of an object of its kind; its metadata is a copy. */
export function framed(resource: ServedResource, body: JsonMap): StoredObject {
  const { apiVersion: _, kind: __, metadata, ...rest } = body;
  return { kind: resource.kind, apiVersion: groupVersionOf(resource), metadata: { ...isMap(metadata) ? metadata : {} }, ...rest } as unknown as StoredObject;
}

/** Names and marks a new object, as the server alone may. */
export function fillNewMeta(request: WriteRequest, object: StoredObject, now: Date): void {
  const { resource, namespace } = request;
  const { metadata } = object;
  if (resource.namespaced) metadata.namespace = namespace!;
  else delete metadata.namespace;
  if (!metadata.name && typeof metadata.generateName === 'string' && metadata.generateName) metadata.name = metadata.generateName.slice(0, 58) + randomLetters(5);
  for (const field of ['deletionTimestamp', 'deletionGracePeriodSeconds', 'selfLink', 'generation', 'resourceVersion']) delete metadata[field];
  metadata.uid = randomUUID();
  metadata.creationTimestamp = timestamp(now);
}

/** @throws StatusError when the body is meant for another place than the path */
export function checkNamespace(request: WriteRequest, object: StoredObject): void {
  const { metadata } = object;
  if (!request.resource.namespaced) {
    // A namespace on what is cluster-wide is an error where it names one.
    if (typeof metadata.namespace === 'string' && metadata.namespace !== '' && request.resource.plural !== 'namespaces') {
      throw badRequest('the namespace of the provided object does not match the namespace sent on the request');
    }
    delete metadata.namespace;
    return;
  }
  if (metadata.namespace === undefined || metadata.namespace === '' || metadata.namespace === null) metadata.namespace = request.namespace!;
  if (metadata.namespace !== request.namespace) throw badRequest('the namespace of the provided object does not match the namespace sent on the request');
}

export function checkName(object: StoredObject, name: string): void {
  const { metadata } = object;
  if (!metadata.name) throw badRequest(`the name of the object (${name} based on URL) was undeterminable: name must be provided`);
  if (metadata.name !== name) throw badRequest(`the name of the object (${metadata.name}) does not match the name on the URL (${name})`);
}

export function checkNamed(resource: ServedResource, object: StoredObject): void {
  if (object.metadata.name) return;
  throw invalid(resource, '', [{ reason: 'FieldValueRequired', message: 'Required value: name or generateName is required', field: 'metadata.name' }]);
}

/** What a replacement cannot change is taken from what is stored. */
export function carryMeta(next: StoredObject, live: StoredObject): void {
  const { metadata } = next;
  const kept = live.metadata;
  metadata.uid = kept.uid;
  carry(metadata, kept, 'creationTimestamp');
  carry(metadata, kept, 'generation');
  carry(metadata, kept, 'generateName', metadata.generateName === undefined);
  delete metadata.selfLink;
}

/** What is being deleted stays so; what is not cannot be made so. Nobody comes to own that: it is set after it was noted who owns what. */
export function keepDeletion({ metadata }: StoredObject, { metadata: kept }: StoredObject): void {
  carry(metadata, kept, 'deletionTimestamp', kept.deletionTimestamp !== undefined);
  carry(metadata, kept, 'deletionGracePeriodSeconds', kept.deletionGracePeriodSeconds !== undefined);
}

function carry(to: JsonMap, from: JsonMap, field: string, wanted = true): void {
  if (!wanted) return;
  if (from[field] === undefined) delete to[field];
  else to[field] = from[field];
}

export function finalizersOf(object: StoredObject): string[] {
  const { finalizers } = object.metadata;
  return Array.isArray(finalizers) ? finalizers.filter((each: Json): each is string => typeof each === 'string') : [];
}
