import type { Io } from './io';
import { count } from './output';
import type { TreeChange } from '../tree/diff';
import { ChangeGroup, groupChanges } from '../tree/diff-groups';
import type { FieldChange } from '../tree/field-diff';
import { formatIdentity } from '../tree/manifest';

/** Longer values are cut: the whole is in `-o json`. */
const MAX_VALUE = 100;
/** Of a text of several lines, so many are shown. */
const MAX_LINES = 10;

/** Changes as text: each once, with the clusters that it happens on; then a line that counts. */
export function changesText(io: Io, changes: readonly TreeChange[], total: number): string {
  const groups = groupChanges({ changes });
  return [...groups.flatMap(group => groupLines(io, group, total)), countLine(changes, groups)].map(line => `${line}\n`).join('');
}

function groupLines({ colors }: Io, group: ChangeGroup, total: number): string[] {
  const sign = { added: colors.green('+'), removed: colors.red('-'), changed: colors.yellow('~') }[group.action];
  const moved = group.movedFrom ? ` (from ${group.movedFrom})` : '';
  const where = group.clusters.length === 0 ? '' : `  ${colors.dim(clustersText(group.clusters, total))}`;
  return [`${sign} ${subjectText(group)}${moved}${where}`, ...group.fields.flatMap(field => fieldLines(field).map(line => `    ${line}`))];
}

function subjectText(group: ChangeGroup): string {
  const application = group.application ? `${group.application}: ` : '';
  switch (group.subject) {
    case 'fleet':
      return 'fleet';
    case 'cluster':
      return 'cluster';
    case 'delivery':
      return `${application}delivery`;
    default:
      return `${application}${group.object ? formatIdentity(group.object) : group.files[0]}`;
  }
}

function clustersText(clusters: readonly string[], total: number): string {
  if (clusters.length === 1) {
    return `on ${clusters[0]}`;
  }
  return clusters.length === total ? `on all ${total} clusters` : `on ${clusters.length} clusters: ${clusters.join(', ')}`;
}

function fieldLines(field: FieldChange): string[] {
  const path = field.path || '(whole document)';
  if (field.lines) {
    const { added, removed, lines } = field.lines;
    return [`${path}: ${count(added, 'line')} added, ${removed} removed`, ...lines.slice(0, MAX_LINES).map(line => `  ${line}`), ...(lines.length > MAX_LINES ? ['  …'] : [])];
  }
  if (field.order) {
    return [`${path}: order ${value(field.before)} → ${value(field.after)}`];
  }
  if (!('before' in field)) {
    return [`${path}: + ${value(field.after)}`];
  }
  return 'after' in field ? [`${path}: ${value(field.before)} → ${value(field.after)}`] : [`${path}: - ${value(field.before)}`];
}

function value(any: unknown): string {
  const text = typeof any === 'string' ? any : JSON.stringify(any) ?? '';
  return text.length > MAX_VALUE ? `${text.slice(0, MAX_VALUE)}…` : text;
}

function countLine(changes: readonly TreeChange[], groups: readonly ChangeGroup[]): string {
  const objects = changes.filter(change => change.subject === 'object');
  const of = (action: TreeChange['action']): number => objects.filter(change => change.action === action).length;
  const clusters = new Set(changes.map(change => change.cluster).filter(Boolean)).size;
  return changes.length === 0
    ? 'no difference'
    : `${count(groups.length, 'change')} on ${count(clusters, 'cluster')}: ${count(of('changed'), 'object')} changed, ${of('added')} added, ${of('removed')} removed`;
}
