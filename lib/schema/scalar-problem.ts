import { formatProblem } from './formats';
import type { Json } from './json';
import { tryParseQuantity } from './quantity';
import type { SchemaNode } from './schema-node';
import { tryFormatDuration, tryFormatMicroTime, tryFormatTime } from './time';

const META = 'io.k8s.apimachinery.pkg.apis.meta.v1.';
const QUANTITY = 'io.k8s.apimachinery.pkg.api.resource.Quantity';

/** Types of Kubernetes whose Go code reads a text in a way of its own. */
const TYPES: Readonly<Record<string, { readonly expected: string; readonly fits: (value: Json) => boolean }>> = {
  [QUANTITY]: { expected: 'a quantity such as 500m, 2 or 1.5Gi', fits: value => (typeof value === 'string' || typeof value === 'number') && tryParseQuantity(value) !== undefined },
  [`${META}Time`]: { expected: 'a time such as 2030-01-31T12:00:00Z', fits: value => typeof value === 'string' && tryFormatTime(value) !== undefined },
  [`${META}MicroTime`]: { expected: 'a time such as 2030-01-31T12:00:00.000000Z', fits: value => typeof value === 'string' && tryFormatMicroTime(value) !== undefined },
  [`${META}Duration`]: { expected: 'a duration such as 1m30s', fits: value => typeof value === 'string' && tryFormatDuration(value) !== undefined },
};

const INT32 = 2 ** 31;

/** What a value should have been, when it is of the wrong type; undefined when it is of the right one. */
export function expectedType(value: Json, node: SchemaNode): string | undefined {
  const special = node.name === undefined ? undefined : TYPES[node.name];
  if (special) return special.fits(value) ? undefined : special.expected;
  if (node.intOrString) {
    return typeof value === 'string' || (Number.isInteger(value) && fitsInteger(value as number, 'int32')) ? undefined : 'an integer or a string';
  }
  switch (node.type) {
    case undefined: return undefined;
    case 'object': return typeof value === 'object' && !Array.isArray(value) ? undefined : 'a map';
    case 'array': return Array.isArray(value) ? undefined : 'a list';
    case 'boolean': return typeof value === 'boolean' ? undefined : 'true or false';
    case 'number': return typeof value === 'number' ? undefined : 'a number';
    case 'integer':
      if (!Number.isInteger(value)) return 'an integer';
      return fitsInteger(value as number, node.format) ? undefined : `an integer of ${node.format === 'int32' ? 32 : 64} bits`;
    case 'string':
      if (typeof value !== 'string') return 'a string';
      return node.format && formatProblem(node.format, value.replace(/[\r\n]/g, '')) ? expectedFormat(node.format) : undefined;
  }
}

/** A value as a message shows it: its type in YAML, and as much of it as a line can take. */
export function describeValue(value: Json): string {
  if (value === null) return 'null';
  if (Array.isArray(value)) return 'a list';
  if (typeof value === 'object') return 'a map';
  const text = JSON.stringify(value);
  const short = text.length > 60 ? `${text.slice(0, 57)}…` : text;
  return `the ${typeof value} ${short}`;
}

function fitsInteger(value: number, format: string | undefined): boolean {
  return format !== 'int32' || (value >= -INT32 && value < INT32);
}

function expectedFormat(format: string): string {
  switch (format) {
    case 'byte': return 'text in Base64';
    case 'date-time': return 'a time such as 2030-01-31T12:00:00Z';
    default: return `a text of the format ${format}`;
  }
}
