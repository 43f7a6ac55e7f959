import type { StoredObject } from '../json';
import { convertObject } from '../schema/conversion';
import { groupVersionOf, type ServedResource } from '../served-resource';

/** An object as its resource shows it; the stored one itself where nothing differs. */
export function fromStorage(resource: ServedResource, stored: StoredObject): StoredObject {
  return convertObject(stored, groupVersionOf(resource));
}

/** An object of a resource as it is stored. */
export function toStorage(resource: ServedResource, object: StoredObject): StoredObject {
  return convertObject(object, resource.storage);
}
