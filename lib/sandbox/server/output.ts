import type { JsonMap, StoredObject } from '../json';
import { groupVersionOf, type ServedResource } from '../served-resource';
import type { Page } from './listing';
import type { OutputForm } from './media-type';
import { onDemand } from './on-demand';

/** One object in the form that was asked for. @param includeObject of a Table's rows */
export function formatObject(resource: ServedResource, object: StoredObject, form: OutputForm, now: Date, includeObject: string | null): object {
  if (form.as === 'Table') return onDemand.table.tableOf(resource, [object], { resourceVersion: object.metadata.resourceVersion }, { now, includeObject, version: form.asVersion! });
  if (form.as === 'PartialObjectMetadata') return metadataOf(object, form.asVersion!);
  return object;
}

export function formatList(
  resource: ServedResource, page: Page, objects: readonly StoredObject[], form: OutputForm, now: Date, includeObject: string | null,
): object {
  const { resourceVersion, continue: token, remainingItemCount } = page;
  const metadata = { resourceVersion, ...token ? { continue: token } : {}, ...remainingItemCount === undefined ? {} : { remainingItemCount } };
  if (form.as === 'Table') return onDemand.table.tableOf(resource, objects, metadata, { now, includeObject, version: form.asVersion! });
  if (form.as === 'PartialObjectMetadataList') {
    return { kind: 'PartialObjectMetadataList', apiVersion: `meta.k8s.io/${form.asVersion}`, metadata, items: objects.map(object => metadataOf(object, form.asVersion!)) };
  }
  // The items of built-in kinds do not repeat what the list says.
  // Lists of custom resources say, too, that nothing follows.
  if (resource.definition !== undefined) return { apiVersion: groupVersionOf(resource), items: objects, kind: resource.listKind, metadata: { continue: '', ...metadata } };
  const items = objects.map(({ kind: _, apiVersion: __, ...rest }) => rest);
  return { kind: resource.listKind, apiVersion: groupVersionOf(resource), metadata, items };
}

export function metadataOf({ metadata }: StoredObject, version: string): JsonMap {
  return { kind: 'PartialObjectMetadata', apiVersion: `meta.k8s.io/${version}`, metadata };
}
