import { BOOLEAN, FieldNode, NULL, NUMBER, ObjectNode, OPEN, STRING, TypeNode, union, UNKNOWN } from '../type-node';
import { Comments, commentsOf } from './comments';
import { parseYaml } from '../../yaml/parse';

/** Maps of Kubernetes itself, of which a chart's defaults show a part. */
const OPEN_MAPS = /(annotations|labels|selector|affinity|securityContext|strategy|probe|resources|limits|requests|dnsConfig|emptyDir|lifecycle|capabilities|seccompProfile|headers|config|data)$/i;
/** Fields of Kubernetes that take a number and a text: a percentage, the name of a port. */
const NUMBER_OR_TEXT = /^(minAvailable|maxUnavailable|maxSurge|port|targetPort|.*Port)$/;
const LONGEST_DEFAULT = 80;

/**
 * The type of the values of a chart, told from its defaults and their comments.
 *
 * @param open Keys at the top that belong to other charts: what they take is not told here.
 */
export function typeOfValues(text: string, file: string, open: readonly string[]): ObjectNode {
  const values = text.replace(/^\s*#.*$/gm, '').trim() === '' ? {} : parseYaml(text, file);
  const comments = commentsOf(text);
  const node = isMap(values) ? objectType(values, [], comments) : { ...OPEN, rest: undefined };
  const named = new Set(node.fields.map(({ name }) => name));
  return {
    ...node,
    fields: [
      ...node.fields.map(field => (open.includes(field.name) && field.type.kind === 'object' ? { ...field, type: { ...field.type, rest: UNKNOWN } } : field)),
      ...open.filter(name => !named.has(name)).map(name => ({ name, type: OPEN })),
    ],
  };
}

function objectType(map: Record<string, unknown>, path: readonly string[], comments: Comments): ObjectNode {
  const fields = Object.entries(map).map(([name, value]): FieldNode => {
    const here = [...path, name];
    const doc = [comments.docs.get(JSON.stringify(here)), defaultOf(value)].filter(part => part !== undefined).join('\n\n');
    return { name, type: typeOf(name, value, here, comments), ...doc === '' ? {} : { doc } };
  });
  // They have a meaning, and no default that tells their type.
  const others = [...new Set(comments.keys.get(JSON.stringify(path)) ?? [])].filter(name => !Object.hasOwn(map, name));
  return { kind: 'object', fields: [...fields, ...others.map(name => ({ name, type: UNKNOWN }))] };
}

function typeOf(name: string, value: unknown, path: readonly string[], comments: Comments): TypeNode {
  if (Array.isArray(value)) {
    return { kind: 'list', items: union(value.map(item => itemType(item, path))) };
  }
  if (isMap(value)) {
    if (Object.keys(value).length === 0) {
      return OPEN;
    }
    // Names of labels, annotations and files: the next one is called otherwise.
    if (Object.keys(value).some(key => /[./]/.test(key))) {
      return { kind: 'object', fields: [], rest: union([...Object.values(value).map(inner => typeOf('', inner, path, comments)), NULL]) };
    }
    const node = objectType(value, path, comments);
    return OPEN_MAPS.test(name) ? { ...node, rest: UNKNOWN } : node;
  }
  switch (typeof value) {
    case 'string':
      return NUMBER_OR_TEXT.test(name) ? union([STRING, NUMBER]) : STRING;
    case 'number':
      return NUMBER_OR_TEXT.test(name) ? union([NUMBER, STRING]) : NUMBER;
    case 'boolean':
      return BOOLEAN;
    default:
      return UNKNOWN;
  }
}

/** What a list has by default is an example of what it may hold: its maps may have other keys. */
function itemType(item: unknown, path: readonly string[]): TypeNode {
  const type = typeOf('', item, path, { docs: new Map(), keys: new Map() });
  return type.kind === 'object' ? { ...type, fields: type.fields.map(({ name, type: inner }) => ({ name, type: inner })), rest: UNKNOWN } : type;
}

function defaultOf(value: unknown): string | undefined {
  if (typeof value === 'object' || value === '') {
    return undefined;
  }
  const text = JSON.stringify(value);
  return text.length > LONGEST_DEFAULT ? undefined : `@default ${text}`;
}

function isMap(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
