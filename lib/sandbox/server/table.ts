import { isMap, type Json, type JsonMap, type StoredObject } from '../json';
import type { ServedResource } from '../served-resource';
import { kindOf } from './catalog';
import { definedColumns } from './table-defined';
import { CREATED, NAME } from './table-identity';
import { PRINTERS } from './table-printers';

/** A column of a Table, and what stands in it. */
export interface Column {
  readonly name: string;
  /** @default string */
  readonly type?: string;
  readonly format?: string;
  /** Above 0: shown only by `-o wide`. @default 0 */
  readonly priority?: number;
  readonly description?: string;
  readonly cell: (object: StoredObject, now: Date) => Json;
}

export interface TableOptions {
  readonly now: Date;
  /** `Metadata`, `Object` or `None`: what of the object comes with its row. @default Metadata */
  readonly includeObject: string | null;
  /** `v1` or `v1beta1` */
  readonly version: string;
}

/** What `kubectl get` shows: made by the server, one row an object. */
export function tableOf(resource: ServedResource, objects: readonly StoredObject[], metadata: JsonMap, options: TableOptions): JsonMap {
  const columns: readonly Column[] = resource.definition !== undefined ? definedColumns(resource) : PRINTERS[kindOf(resource)] ?? [NAME, CREATED];
  const version = `meta.k8s.io/${options.version}`;
  return {
    kind: 'Table', apiVersion: version, metadata,
    columnDefinitions: columns.map(({ name, type = 'string', format = '', priority = 0, description = '' }) => ({ name, type, format, description, priority })),
    rows: objects.map(object => (
      { cells: columns.map(({ cell }) => cell(object, options.now)), ...conditionsOf(object), ...included(object, options, version) }
    )),
  };
}

function included(object: StoredObject, { includeObject }: TableOptions, version: string): JsonMap {
  if (includeObject === 'None') return { object: null };
  if (includeObject === 'Object') return { object };
  return { object: { kind: 'PartialObjectMetadata', apiVersion: version, metadata: object.metadata } };
}

/** A Pod that has ended is marked as such: `kubectl get` may hide it. */
function conditionsOf({ kind, apiVersion, status }: StoredObject): JsonMap {
  if (kind !== 'Pod' || apiVersion !== 'v1' || !isMap(status)) return {};
  const messages: Record<string, string> = { Succeeded: 'The pod has completed successfully.', Failed: 'The pod failed.' };
  const message = messages[String(status.phase)];
  return message ? { conditions: [{ type: 'Completed', status: 'True', reason: status.phase, message }] } : {};
}
