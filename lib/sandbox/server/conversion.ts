import type { StoredObject } from '../json';
import type { ServedResource } from '../served-resource';
import { groupVersionOf } from './catalog';
import { eventFromCore, eventToCore } from './convert-event';
import { autoscalerFromV2, autoscalerToV2 } from './convert-autoscaler';

/** An object as its resource shows it; the stored one itself where nothing differs. */
export function fromStorage(resource: ServedResource, stored: StoredObject): StoredObject {
  const groupVersion = groupVersionOf(resource);
  if (groupVersion === resource.storage) return stored;
  if (resource.kind === 'Event') return { ...eventFromCore(stored), apiVersion: groupVersion };
  if (resource.kind === 'HorizontalPodAutoscaler') return { ...autoscalerFromV2(stored), apiVersion: groupVersion };
  return { ...stored, apiVersion: groupVersion };
}

/** An object of a resource as it is stored. */
export function toStorage(resource: ServedResource, object: StoredObject): StoredObject {
  if (groupVersionOf(resource) === resource.storage) return object;
  if (resource.kind === 'Event') return { ...eventToCore(object), apiVersion: resource.storage };
  if (resource.kind === 'HorizontalPodAutoscaler') return { ...autoscalerToV2(object), apiVersion: resource.storage };
  return { ...object, apiVersion: resource.storage };
}
