import { defaultManager } from '../fields/manager-name';
import type { StatusCause } from '../status-error';
import type { DeleteOptions } from './deletes';
import type { Exchange } from './exchange';
import { unsupported } from './list-options';
import { badRequest, invalid } from './refusals';

export interface WriteOptions {
  readonly dryRun: boolean;
  readonly manager: string;
  readonly fieldValidation: 'Strict' | 'Warn' | 'Ignore';
  readonly force: boolean;
}

/** @param kind `CreateOptions`, `UpdateOptions`, `PatchOptions` @param applies whether it is a server-side apply @throws StatusError 422 */
export function parseWriteOptions(exchange: Exchange, kind: string, applies = false): WriteOptions {
  const { query } = exchange;
  const causes: StatusCause[] = [];
  const dryRun = query.getAll('dryRun').filter(each => each !== '');
  const manager = query.get('fieldManager') ?? '';
  if (kind === 'PatchOptions') {
    if (applies && manager === '') causes.push({ reason: 'FieldValueRequired', message: 'Required value: is required for apply patch', field: 'fieldManager' });
    if (!applies && query.get('force') !== null) causes.push({ reason: 'FieldValueForbidden', message: 'Forbidden: may not be specified for non-apply patch', field: 'force' });
  }
  if (manager.length > 128) causes.push({ reason: 'FieldValueTooLong', message: 'Too long: may not be more than 128 bytes', field: 'fieldManager' });
  if (/[^\x20-\x7e\u00a0-\uffff]/.test(manager)) {
    causes.push({ reason: 'FieldValueInvalid', message: `Invalid value: ${JSON.stringify(manager)}: should only contain printable characters`, field: 'fieldManager' });
  }
  if (dryRun.some(each => each !== 'All')) causes.push(unsupportedList('dryRun', dryRun, ['All']));
  const validation = query.get('fieldValidation') ?? '';
  if (!['', 'Ignore', 'Strict', 'Warn'].includes(validation)) causes.push(unsupported('fieldValidation', validation, ['', 'Ignore', 'Strict', 'Warn']));
  if (causes.length > 0) throw invalid({ group: 'meta.k8s.io', kind }, '', causes);
  return {
    dryRun: dryRun.length > 0, manager: manager || defaultManager(exchange.header('user-agent') ?? ''), force: exchange.flag('force'),
    fieldValidation: validation === '' ? 'Warn' : validation as WriteOptions['fieldValidation'],
  };
}

/** Of the body when there is one, else of the query. @throws StatusError */
export function parseDeleteOptions(exchange: Exchange, body: unknown): { readonly options: DeleteOptions; readonly dryRun: boolean } {
  const { query } = exchange;
  const given = typeof body === 'object' && body !== null && !Array.isArray(body) ? body as Record<string, unknown> : undefined;
  if (given?.kind !== undefined && given.kind !== 'DeleteOptions') {
    throw badRequest(`no kind ${JSON.stringify(given.kind)} is registered for version ${JSON.stringify(given.apiVersion ?? '')} in scheme "pkg/runtime/scheme.go:111"`);
  }
  const value = (name: string) => (given ? given[name] : query.get(name) ?? undefined);
  const dryRun = given ? (given.dryRun as string[] | undefined) ?? [] : query.getAll('dryRun').filter(each => each !== '');
  const propagationPolicy = value('propagationPolicy') as string | undefined;
  const orphans = value('orphanDependents');
  const orphanDependents = orphans === undefined || orphans === null ? undefined : orphans === true || orphans === 'true' || orphans === '1';
  const causes: StatusCause[] = [];
  if (orphanDependents !== undefined && propagationPolicy !== undefined) {
    causes.push({ reason: 'FieldValueInvalid', message: `Invalid value: ${JSON.stringify(propagationPolicy)}: orphanDependents and deletionPropagation cannot be both set`, field: 'propagationPolicy' });
  }
  if (propagationPolicy && !['Foreground', 'Background', 'Orphan'].includes(propagationPolicy)) {
    causes.push(unsupported('propagationPolicy', propagationPolicy, ['Foreground', 'Background', 'Orphan', 'nil']));
  }
  if (dryRun.some(each => each !== 'All')) causes.push(unsupportedList('dryRun', dryRun, ['All']));
  if (causes.length > 0) throw invalid({ group: 'meta.k8s.io', kind: 'DeleteOptions' }, '', causes);
  const grace = value('gracePeriodSeconds');
  return {
    dryRun: dryRun.length > 0,
    options: {
      propagationPolicy: propagationPolicy || undefined, orphanDependents,
      gracePeriodSeconds: grace === undefined || grace === null ? undefined : Number(grace),
      preconditions: given?.preconditions as DeleteOptions['preconditions'],
    },
  };
}

function unsupportedList(field: string, values: readonly string[], supported: readonly string[]): StatusCause {
  return { ...unsupported(field, values, supported), message: `Unsupported value: [${values.map(each => JSON.stringify(each)).join(',')}]: supported values: ${supported.map(each => JSON.stringify(each)).join(', ')}` };
}
