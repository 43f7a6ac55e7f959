import { StatusError, type StatusCause } from '../status-error';
import type { Owner } from './managers';
import { compareText } from './path-element';

/** A field that an apply would change, though another manager owns it. */
export interface Conflict {
  /** Of the manager. */
  readonly id: string;
  readonly owner: Owner;
  readonly path: readonly string[];
  /** `.spec.replicas` */
  readonly text: string;
}

/** What an apply meets that is not forced: 409 with a cause for each field. */
export class ConflictError extends StatusError {
  constructor(readonly conflicts: readonly Conflict[]) {
    const sorted = conflicts.toSorted((a, b) => compareText(a.id, b.id));
    const causes: StatusCause[] = sorted.map(({ owner, text }) => ({ reason: 'FieldManagerConflict', message: `conflict with ${printOwner(owner)}`, field: text }));
    super(409, 'Conflict', describe(sorted), { causes });
  }
}

function describe(conflicts: readonly Conflict[]): string {
  if (conflicts.length === 1) return `Apply failed with 1 conflict: conflict with ${printOwner(conflicts[0].owner)}: ${conflicts[0].text}`;
  const ids = [...new Set(conflicts.map(conflict => conflict.id))];
  const lines = ids.flatMap(id => {
    const its = conflicts.filter(conflict => conflict.id === id);
    return [`conflicts with ${printOwner(its[0].owner)}:`, ...its.map(({ text }) => `- ${text}`)];
  });
  return `Apply failed with ${conflicts.length} conflicts: ${lines.join('\n')}`;
}

/** `"kubectl" with subresource "status" using apps/v1` */
function printOwner({ manager, operation, apiVersion, subresource }: Owner): string {
  const name = JSON.stringify(manager) + (subresource ? ` with subresource ${JSON.stringify(subresource)}` : '');
  return operation === 'Update' ? `${name} using ${apiVersion}` : name;
}
