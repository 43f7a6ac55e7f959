import { isDemanded } from './demanded-fields';
import { findDuplicates, isAssociative } from './duplicate-items';
import { isMap, type Json, type JsonMap } from './json';
import { limitProblem } from './limits';
import { fieldPath, itemPath } from './path';
import { describeValue, expectedType } from './scalar-problem';
import type { SchemaNode } from './schema-node';
import type { Violation } from './violation';
import { listNames, suggest } from '../model/suggest';

/** An object with more violations than this is of another kind than it says; the first ones tell enough. */
const MOST = 20;

/**
 * What an API server would refuse in an object, or drop from it without a word.
 *
 * @param object as it is sent: a null stands for nothing, as it does for a server
 * @param schema the schema of its kind
 */
export function checkValue(object: JsonMap, schema: SchemaNode): Violation[] {
  const walk = new Walk();
  walk.visit(object, schema, '');
  return walk.found;
}

class Walk {
  readonly found: Violation[] = [];
  /** Who writes a status with a manifest writes what a controller will replace, often half of it. */
  private inStatus = false;

  visit(value: Json, node: SchemaNode, path: string): void {
    const expected = expectedType(value, node);
    if (expected !== undefined) {
      this.add({
        type: 'invalid-value', path, what: `has ${describeValue(value)} at ${path}, where ${expected} belongs`, fix: adviceFor(value, expected, path),
      });
      return;
    }
    const limit = node.constraints && limitProblem(value, node.constraints);
    if (limit !== undefined) this.add({ type: 'invalid-value', path, what: `has ${describeValue(value)} at ${path}, which ${limit}`, fix: `change ${path}` });
    if (Array.isArray(value)) this.visitList(value, node, path);
    else if (isMap(value)) this.visitMap(value, node, path);
    else this.checkEnum(value, node, path);
  }

  private visitMap(value: JsonMap, node: SchemaNode, path: string): void {
    const { properties, additional } = node;
    // What a schema says nothing of may be anything.
    if (!properties && !additional) return;
    for (const key in value) {
      const item = value[key];
      const property = properties?.get(key) ?? additional;
      if (!property) {
        if (!node.preserveUnknown) this.unknown(key, node, path);
      } else if (item !== null && item !== undefined) {
        if (path === '' && key === 'status') {
          this.inStatus = true;
          this.visit(item, property, key);
          this.inStatus = false;
        } else {
          this.visit(item, property, fieldPath(path, key));
        }
      }
    }
    if (node.required && !this.inStatus) this.checkRequired(value, node, node.required, path);
  }

  private visitList(value: Json[], node: SchemaNode, path: string): void {
    const { items } = node;
    if (items) {
      for (let i = 0; i < value.length; i++) {
        if (value[i] !== null) {
          this.visit(value[i], items, itemPath(path, i));
        } else if (items.type === 'object' && !items.nullable && (isAssociative(node) || items.required?.some(key => isDemanded(items.name, key)))) {
          // Elsewhere it is an empty item to a server.
          const at = itemPath(path, i);
          this.add({ type: 'invalid-value', path: at, what: `has null at ${at}, where a map belongs`, fix: `remove the empty item of ${path}, or fill it` });
        }
      }
    }
    for (const { first, second, key } of findDuplicates(value, node)) {
      const at = itemPath(path, second);
      this.add({
        type: 'duplicate-item', path: at, what: `has ${key} twice in ${path}: items ${first} and ${second}`,
        fix: 'remove one of them, or tell them apart: server-side apply refuses a list whose items have one key',
      });
    }
  }

  private checkEnum(value: Json, node: SchemaNode, path: string): void {
    // The empty text is what is not set, in Go.
    if (!node.enum || value === '' || node.enum.includes(value)) return;
    const allowed = node.enum.filter(item => typeof item === 'string' && item !== '') as string[];
    const near = typeof value !== 'string' ? '' : allowed.find(item => item.toLowerCase() === value.toLowerCase());
    this.add({
      type: 'invalid-value', path,
      what: `has ${describeValue(value)} at ${path}${near ? `: did you mean '${near}'?` : typeof value === 'string' ? suggest(value, allowed) : ''}`,
      fix: `use one of ${listNames(allowed)}`,
    });
  }

  private checkRequired(value: JsonMap, node: SchemaNode, required: readonly string[], path: string): void {
    for (const key of required) {
      if (value[key] !== undefined && value[key] !== null) continue;
      const property = node.properties?.get(key);
      // Of kinds of Kubernetes itself a default is the zero value of Go, which validation refuses; of custom kinds it is a value.
      if ((node.name === undefined && property?.default !== undefined) || !isDemanded(node.name, key)) continue;
      const at = fieldPath(path, key);
      this.add({ type: 'missing-field', path: at, what: `has no ${at}`, fix: `set ${at}${property?.type ? ` to ${article(property.type)}` : ''}` });
    }
  }

  private unknown(key: string, node: SchemaNode, path: string): void {
    const at = fieldPath(path, key);
    const names = [...node.properties?.keys() ?? []];
    const near = names.find(name => name.toLowerCase() === key.toLowerCase());
    this.add({
      type: 'unknown-field', path: at,
      what: `has the unknown field ${at}${near ? `: did you mean '${near}'?` : suggest(key, names)}`,
      fix: names.length > 0 ? `remove it, or use one of ${listNames(names.sort())}` : 'remove it',
    });
  }

  private add(violation: Violation): void {
    if (this.found.length < MOST) this.found.push(violation);
  }
}

function adviceFor(value: Json, expected: string, path: string): string {
  if (expected === 'a string' && (typeof value === 'number' || typeof value === 'boolean')) return `write it in quotes: ${JSON.stringify(String(value))}`;
  if (typeof value === 'string' && (expected === 'an integer' || expected === 'a number' || expected === 'true or false')) return 'write it without quotes, if it is one';
  return `put ${expected} there, or remove ${path}`;
}

function article(type: string): string {
  return { object: 'a map', array: 'a list', string: 'a text', integer: 'an integer', number: 'a number', boolean: 'true or false' }[type] ?? type;
}
