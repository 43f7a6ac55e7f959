import type { AdmissionRequest } from '../api';
import { isMap, type Json, type JsonMap } from '../json';

/** The Pod that is created, or undefined when the request is about something else. */
export function tryNewPod({ operation, resource, subresource, object }: AdmissionRequest): { metadata: JsonMap; spec: JsonMap } | undefined {
  if (operation !== 'CREATE' || subresource || resource.group !== '' || resource.plural !== 'pods' || !object) return undefined;
  return object as unknown as { metadata: JsonMap; spec: JsonMap };
}

export function maps(value: Json | undefined): JsonMap[] {
  return Array.isArray(value) ? value.filter(isMap) : [];
}

/** Those that run, and those that run before them. */
export function containersOf(spec: JsonMap): JsonMap[] {
  return [...maps(spec.initContainers), ...maps(spec.containers)];
}
