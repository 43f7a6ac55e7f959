import type { StoredObject } from '../json';
import type { ServedResource } from '../served-resource';
import type { StatusCause } from '../status-error';
import { badRequest, invalid } from './refusals';
import { fieldReader } from './selectable-fields';
import { matchesFields, parseFieldSelector, type FieldRequirement } from '../store/field-selector';
import { matchesLabels, parseLabelSelector, SelectorSyntaxError, type LabelRequirement, type Labels } from '../store/label-selector';

/** What a client wants of a list or a watch. */
export interface ListOptions {
  readonly watch: boolean;
  readonly resourceVersion: string;
  readonly resourceVersionMatch: string;
  readonly limit: number;
  readonly continue: string;
  readonly timeoutSeconds?: number;
  readonly allowWatchBookmarks: boolean;
  readonly sendInitialEvents?: boolean;
  readonly selects: Selects;
}

/** Whether an object is meant. */
export interface Selects {
  /** Of everything: there is no selector. */
  readonly all: boolean;
  /** Set when a field selector names one object. */
  readonly name?: string;
  matches(object: StoredObject): boolean;
}

/** @throws StatusError */
export function parseListOptions(query: URLSearchParams, resource: ServedResource, name: string | undefined, watches: boolean): ListOptions {
  const watch = watches || flag(query, 'watch') === true;
  const options: ListOptions = {
    watch,
    resourceVersion: query.get('resourceVersion') ?? '',
    resourceVersionMatch: query.get('resourceVersionMatch') ?? '',
    limit: number(query, 'limit') ?? 0,
    continue: query.get('continue') ?? '',
    timeoutSeconds: number(query, 'timeoutSeconds'),
    allowWatchBookmarks: flag(query, 'allowWatchBookmarks') ?? false,
    sendInitialEvents: flag(query, 'sendInitialEvents'),
    selects: parseSelectors(query, resource, name),
  };
  const causes = watch ? watchCauses(options) : listCauses(options);
  if (causes.length > 0) throw invalid({ group: 'meta.k8s.io', kind: 'ListOptions' }, '', causes);
  return options;
}

export function parseSelectors(query: URLSearchParams, resource: ServedResource, name?: string): Selects {
  try {
    const labels = parseLabelSelector(query.get('labelSelector') ?? '');
    const fields = parseFieldSelector(query.get('fieldSelector') ?? '');
    return selecting(resource, labels, name === undefined ? fields : [...fields, { field: 'metadata.name', equal: true, value: name }]);
  } catch (e) {
    throw e instanceof SelectorSyntaxError ? badRequest(e.message) : e;
  }
}

function selecting(resource: ServedResource, labels: readonly LabelRequirement[], fields: readonly FieldRequirement[]): Selects {
  const read = fieldReader(resource, fields.map(({ field }) => field));
  return {
    all: labels.length === 0 && fields.length === 0,
    name: fields.find(({ field, equal }) => field === 'metadata.name' && equal)?.value,
    matches: object => matchesLabels(labels, object.metadata.labels as Labels | undefined)
      && (fields.length === 0 || matchesFields(fields, field => read(object, field))),
  };
}

function listCauses({ resourceVersion, resourceVersionMatch: match, continue: token, sendInitialEvents }: ListOptions): StatusCause[] {
  const causes: StatusCause[] = [];
  if (match) {
    if (!resourceVersion) causes.push(forbidden('resourceVersionMatch', 'resourceVersionMatch is forbidden unless resourceVersion is provided'));
    if (token) causes.push(forbidden('resourceVersionMatch', 'resourceVersionMatch is forbidden when continue is provided'));
    if (match !== 'Exact' && match !== 'NotOlderThan') causes.push(unsupported('resourceVersionMatch', match, ['Exact', 'NotOlderThan', '']));
    if (match === 'Exact' && resourceVersion === '0') causes.push(forbidden('resourceVersionMatch', 'resourceVersionMatch "exact" is forbidden for resourceVersion "0"'));
  }
  if (sendInitialEvents !== undefined) causes.push(forbidden('sendInitialEvents', 'sendInitialEvents is forbidden for list'));
  return causes;
}

function watchCauses({ resourceVersionMatch: match, continue: token, sendInitialEvents }: ListOptions): StatusCause[] {
  const causes: StatusCause[] = [];
  if (sendInitialEvents !== undefined && match !== 'NotOlderThan') {
    causes.push(forbidden('resourceVersionMatch', 'sendInitialEvents requires setting resourceVersionMatch to NotOlderThan'));
  }
  if (match) {
    if (sendInitialEvents === undefined) causes.push(forbidden('resourceVersionMatch', 'resourceVersionMatch is forbidden for watch unless sendInitialEvents is provided'));
    if (match !== 'NotOlderThan') causes.push(unsupported('resourceVersionMatch', match, ['NotOlderThan']));
    if (token) causes.push(forbidden('resourceVersionMatch', 'resourceVersionMatch is forbidden when continue is provided'));
  }
  return causes;
}

function forbidden(field: string, why: string): StatusCause {
  return { reason: 'FieldValueForbidden', message: `Forbidden: ${why}`, field };
}

export function unsupported(field: string, value: unknown, supported: readonly string[]): StatusCause {
  return { reason: 'FieldValueNotSupported', message: `Unsupported value: ${JSON.stringify(value)}: supported values: ${supported.map(each => JSON.stringify(each)).join(', ')}`, field };
}

/** Absent or empty: undefined. Anything but a yes is a no, save that Go's parser of query parameters takes any other word for a yes. */
function flag(query: URLSearchParams, name: string): boolean | undefined {
  const value = query.get(name);
  if (value === null) return undefined;
  return !['false', '0', 'f', 'F', 'False', 'FALSE'].includes(value);
}

function number(query: URLSearchParams, name: string): number | undefined {
  const value = query.get(name);
  if (value === null || value === '') return undefined;
  if (!/^[+-]?\d+$/.test(value)) throw badRequest(`strconv.ParseInt: parsing ${JSON.stringify(value)}: invalid syntax`);
  return Number(value);
}
