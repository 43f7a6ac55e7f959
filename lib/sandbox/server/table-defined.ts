import { isMap, type Json } from '../json';
import type { ServedResource } from '../served-resource';
import type { Column } from './table';
import { age } from './table-age';
import { NAME } from './table-identity';

interface PrinterColumn {
  readonly name: string;
  readonly type: string;
  readonly format?: string;
  readonly description?: string;
  readonly priority?: number;
  readonly jsonPath: string;
}

/** The columns of a custom resource: those of its definition, or its age. */
export function definedColumns({ definition, version }: ServedResource): Column[] {
  const { versions } = (definition as { spec: unknown }).spec as { versions: { name: string; additionalPrinterColumns?: PrinterColumn[] }[] };
  const columns = versions.find(each => each.name === version)?.additionalPrinterColumns
    ?? [{ name: 'Age', type: 'date', jsonPath: '.metadata.creationTimestamp', description: '' }];
  return [NAME, ...columns.map(definedColumn)];
}

function definedColumn({ name, type, format, description, priority, jsonPath }: PrinterColumn): Column {
  const path = parsePath(jsonPath);
  return {
    name, type, format, description: description ?? `Custom resource definition column (in JSONPath format): ${jsonPath}`, priority,
    cell: (object, now) => formatCell(valuesAt(object, path), type, now),
  };
}

/** The part of JSONPath that a CRD's columns use: fields, indices, `[*]`, and filters `[?(@.type=="Ready")]`. */
type Step =
  | { readonly field: string }
  | { readonly index: number }
  | { readonly all: true }
  | { readonly filter: readonly Step[]; readonly operator: string; readonly value: Json };

function parsePath(path: string): Step[] {
  const steps: Step[] = [];
  const pattern = /\.?([\w-]+)|\['((?:[^'\\]|\\.)*)'\]|\[(-?\d+)\]|\[\*\]|\.\*|\[\?\(@([^=!<>)]*?)\s*(==|!=)\s*(?:"([^"]*)"|'([^']*)'|([\w.]+))\)\]|\.((?:[\w-]|\\.)+)/y;
  for (let at = path.startsWith('$') ? 1 : 0; at < path.length;) {
    pattern.lastIndex = at;
    const escaped = /\.((?:[\w/-]|\\.)+)/y;
    escaped.lastIndex = at;
    const long = escaped.exec(path);
    const found = long && long[1].includes('\\') ? undefined : pattern.exec(path);
    if (long && !found) {
      steps.push({ field: long[1].replace(/\\(.)/g, '$1') });
      at = escaped.lastIndex;
      continue;
    }
    if (!found) return steps;
    at = pattern.lastIndex;
    if (found[1] !== undefined) {
      steps.push({ field: found[1] });
    } else if (found[2] !== undefined) {
      steps.push({ field: found[2].replace(/\\(.)/g, '$1') });
    } else if (found[3] !== undefined) {
      steps.push({ index: Number(found[3]) });
    } else if (found[5] !== undefined) {
      const value = found[6] ?? found[7] ?? JSON.parse(found[8]) as Json;
      steps.push({ filter: parsePath(found[4]), operator: found[5], value });
    } else {
      steps.push({ all: true });
    }
  }
  return steps;
}

function valuesAt(root: Json, path: readonly Step[]): Json[] {
  return path.reduce<Json[]>((values, step) => values.flatMap(value => next(value, step)), [root]);
}

function next(value: Json, step: Step): Json[] {
  if ('field' in step) return isMap(value) && value[step.field] !== undefined ? [value[step.field]] : [];
  const items = Array.isArray(value) ? value : isMap(value) ? Object.values(value) : [];
  if ('all' in step) return items;
  if ('index' in step) return items.slice(step.index, step.index === -1 ? undefined : step.index + 1);
  return items.filter(item => valuesAt(item, step.filter).some(each => (each === step.value) === (step.operator === '==')));
}

function formatCell(values: readonly Json[], type: string, now: Date): Json {
  if (values.length === 0) return null;
  const [value] = values;
  switch (type) {
    case 'integer': return typeof value === 'number' ? Math.trunc(value) : null;
    case 'number': return typeof value === 'number' ? value : null;
    case 'boolean': return typeof value === 'boolean' ? value : null;
    case 'date': return typeof value === 'string' ? age(value, now) : null;
    default: return values.length > 1 || typeof value === 'string' || value === null ? text(values) : JSON.stringify(value);
  }
}

function text(values: readonly Json[]): string {
  return values.map(value => (typeof value === 'string' ? value : value === null ? '' : JSON.stringify(value))).join(' ');
}
