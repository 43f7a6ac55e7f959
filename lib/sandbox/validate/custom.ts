import { FieldProblems } from './field-problems';
import { checkRules, hasRules } from './validation-rules';
import { formatProblem } from '../../schema/formats';
import type { SchemaNode } from '../../schema/schema-node';
import { structuralNode } from '../../schema/structural-node';
import { isEqual } from '../defaults/equal';
import { isMap, type Json, type JsonMap } from '../json';
import { builtinSchemas } from '../schema/builtin-schemas';
import type { ServedResource } from '../served-resource';
import type { StatusCause } from '../status-error';

/**
 * Everything that the schema of a custom resource demands. On an update what stays as it was is not looked at again, as the real server lets old objects be
 * when a definition becomes stricter. Through `status` only that is looked at, and messages call its fields as if they were on their own.
 */
export function checkCustom(resource: ServedResource, object: JsonMap, old: JsonMap | undefined, problems: FieldProblems, subresource?: string): void {
  const { schema } = resource;
  if (subresource !== 'status') {
    new Checker(problems).check(object, schema, '', old);
  } else if (object.status !== undefined) {
    const status = schema.properties?.get('status');
    if (status) new Checker(problems, 'status').check(object.status, status, '', old?.status);
  }
  checkScale(resource, object, problems, subresource);
  if (!problems.causes.some(({ reason }) => BLOCKING.has(reason ?? ''))) {checkRules(object, schema, '', old, problems);} else if (hasRules(schema)) {
    problems.invalid('<nil>', null, 'some validation rules were not checked because the object was invalid; correct the existing errors to complete validation');
  }
}

/** Replicas are a number of things, whatever the schema says. */
function checkScale({ version, definition }: ServedResource, object: JsonMap, problems: FieldProblems, subresource: string | undefined): void {
  const { spec } = definition as { spec?: JsonMap };
  const versions = Array.isArray(spec?.versions) ? spec.versions.filter(isMap) : [];
  const own = versions.find(({ name }) => name === version)?.subresources;
  const scale = isMap(own) ? own.scale : undefined;
  if (!isMap(scale)) return;
  for (const key of subresource === 'status' ? ['statusReplicasPath'] : ['specReplicasPath', 'statusReplicasPath']) {
    const path = scale[key];
    if (typeof path !== 'string') continue;
    const value = path.split('.').slice(1).reduce<Json | undefined>((at, name) => (isMap(at) ? at[name] : undefined), object);
    if (typeof value === 'number' && value < 0) problems.invalid(path, value, 'should be a non-negative integer');
  }
}

/** Rules are only asked about what has the right form. */
const BLOCKING: ReadonlySet<string> = new Set(['FieldValueTypeInvalid', 'FieldValueRequired', 'FieldValueTooLong', 'FieldValueTooMany', 'FieldValueNotSupported']);

/** Fields that are checked elsewhere, or by nobody. */
const OBJECT_FIELDS: ReadonlySet<string> = new Set(['apiVersion', 'kind', 'metadata']);

const NUMERIC = ['minimum', 'maximum', 'multipleOf'];

class Checker {
  /** @param above where in the object the value is that is checked; messages are about places in it */
  constructor(private readonly problems: FieldProblems, private readonly above = '') {
  }

  /** The place of a problem; `path` is that in the value. */
  private place(path: string): string {
    return this.above && path ? `${this.above}.${path}` : this.above || path || '<nil>';
  }

  check(value: Json, node: SchemaNode, path: string, old?: Json): void {
    if (old !== undefined && isEqual(value, old)) return;
    if (value === null && node.nullable) return;
    if (!this.checkType(value, node, path)) {
      if (node.constraints) this.checkCombinations(value, node.constraints, path);
      return;
    }
    this.checkLists(value, node, path);
    if (Array.isArray(value)) {
      if (node.items) value.forEach((item, i) => this.check(item, node.items!, `${path}[${i}]`, correlate(item, node, old)));
    } else if (isMap(value)) {
      this.checkObject(value, node, path, isMap(old) ? old : undefined);
    } else {
      this.checkScalar(value, node, path);
    }
    if (node.enum && !node.enum.some(item => isEqual(item, value))) {
      this.problems.notSupported(this.place(path), value, node.enum.map(item => (typeof item === 'string' ? item : JSON.stringify(item))));
    }
    if (node.constraints) this.checkCombinations(value, node.constraints, path);
  }

  private checkType(value: Json, { type, intOrString, constraints }: SchemaNode, path: string): boolean {
    const found = typeOf(value);
    const fits = intOrString ? found === 'integer' || found === 'string' : type === undefined || type === found || (type === 'number' && found === 'integer');
    if (fits) return true;
    const wanted = intOrString ? 'integer,string' : type;
    const what = `${path || (this.above ? '' : 'body')}${path || this.above ? ' in body' : ''} must be of type ${String(wanted)}: ${JSON.stringify(found)}`;
    this.problems.typeInvalid(this.place(path), found, what);
    if (type === 'integer' && found === 'number' && NUMERIC.some(key => constraints?.[key] !== undefined)) {
      this.problems.invalid(this.place(''), '', `Checked value must be of type integer (default format) in ${path}`);
    }
    return false;
  }

  private checkObject(value: JsonMap, node: SchemaNode, path: string, old: JsonMap | undefined): void {
    const { minProperties, maxProperties } = node.constraints ?? {};
    const count = Object.keys(value).length;
    if (typeof minProperties === 'number' && count < minProperties) this.invalid(path, count, `should have at least ${minProperties} properties`);
    if (typeof maxProperties === 'number' && count > maxProperties) this.problems.tooMany(this.place(path), count, maxProperties);
    const required = node.embedded ? node.required?.toSorted() : node.required;
    for (const key of required ?? []) if (value[key] === undefined) this.problems.required(this.place(path ? `${path}.${key}` : key));
    for (const [key, item] of Object.entries(value)) {
      if (!path && !this.above && OBJECT_FIELDS.has(key)) continue;
      const property = node.properties?.get(key);
      if (property) this.check(item, property, path ? `${path}.${key}` : key, old?.[key]);
      else if (node.additional) this.check(item, node.additional, path ? `${path}.${key}` : key, old?.[key]);
    }
  }

  private checkLists(value: Json, { listType, listMapKeys, constraints = {} }: SchemaNode, path: string): void {
    if (!Array.isArray(value)) return;
    const { minItems, maxItems } = constraints;
    if (typeof minItems === 'number' && value.length < minItems) this.invalid(path, value.length, `should have at least ${minItems} items`);
    if (typeof maxItems === 'number' && value.length > maxItems) this.problems.tooMany(this.place(path), value.length, maxItems);
    if (listType !== 'set' && listType !== 'map') return;
    const seen = new Set<string>();
    value.forEach((item, i) => {
      const keys = listType === 'set' ? item : keysOf(item, listMapKeys);
      const key = JSON.stringify(keys);
      if (seen.has(key)) this.problems.duplicate(this.place(`${path}[${i}]`), keys);
      seen.add(key);
    });
  }

  private checkScalar(value: Exclude<Json, Json[] | JsonMap>, { format, constraints = {} }: SchemaNode, path: string): void {
    if (typeof value === 'string') {
      const { minLength, maxLength, pattern } = constraints;
      const length = [...value].length;
      if (typeof maxLength === 'number' && length > maxLength) this.problems.tooLong(this.place(path), maxLength);
      if (typeof minLength === 'number' && length < minLength) this.invalid(path, value, `should be at least ${minLength} chars long`);
      if (typeof pattern === 'string' && !compile(pattern).test(value)) this.invalid(path, value, `should match '${pattern}'`);
      const wrong = format && formatProblem(format, value);
      if (wrong) this.problems.typeInvalid(this.place(path), value, `${path} in body must be of type ${format}: ${JSON.stringify(value)}`);
    }
    if (typeof value === 'number') this.checkNumber(value, constraints, path);
  }

  private checkNumber(value: number, { minimum, maximum, exclusiveMinimum, exclusiveMaximum, multipleOf }: Readonly<Record<string, Json>>, path: string): void {
    if (typeof maximum === 'number') {
      if (exclusiveMaximum === true ? value >= maximum : value > maximum) this.invalid(path, value, `should be less than ${exclusiveMaximum === true ? '' : 'or equal to '}${maximum}`);
    }
    if (typeof minimum === 'number') {
      if (exclusiveMinimum === true ? value <= minimum : value < minimum) this.invalid(path, value, `should be greater than ${exclusiveMinimum === true ? '' : 'or equal to '}${minimum}`);
    }
    if (typeof multipleOf === 'number' && !Number.isInteger(value / multipleOf)) this.invalid(path, value, `should be a multiple of ${multipleOf}`);
  }

  private checkCombinations(value: Json, { oneOf, anyOf, allOf, not }: Readonly<Record<string, Json>>, path: string): void {
    const problemsOf = (schema: JsonMap) => problemsWith(value, schema, path, this.above);
    const fits = (schema: Json) => isMap(schema) && problemsOf(schema).length === 0;
    // Of several that do not fit, the one that is nearest is told.
    const tellNearest = (schemas: Json[]) => {
      const [nearest] = schemas.filter(isMap).map(problemsOf).sort((a, b) => a.length - b.length);
      this.problems.causes.push(...nearest ?? []);
    };
    const refuse = (what: string) => this.problems.invalid(this.place(''), '', `${JSON.stringify(path)} ${what}`);
    if (Array.isArray(anyOf) && !anyOf.some(fits)) {
      refuse('must validate at least one schema (anyOf)');
      tellNearest(anyOf);
    }
    if (Array.isArray(oneOf)) {
      const count = oneOf.filter(fits).length;
      if (count === 0) tellNearest(oneOf);
      if (count !== 1) refuse(`must validate one and only one schema (oneOf). ${count === 0 ? 'Found none valid' : `Found ${count} valid alternatives`}`);
    }
    if (Array.isArray(allOf)) {
      for (const schema of allOf) if (isMap(schema)) this.check(value, nodeOf(schema), path);
      if (!allOf.every(fits)) refuse('must validate all the schemas (allOf)');
    }
    if (isMap(not) && fits(not)) refuse('must not validate the schema (not)');
  }

  private invalid(path: string, value: Json, what: string): void {
    this.problems.invalid(this.place(path), value, `${path} in body ${what}`);
  }
}

const nodes = new WeakMap<JsonMap, SchemaNode>();

function nodeOf(schema: JsonMap): SchemaNode {
  let node = nodes.get(schema);
  if (!node) nodes.set(schema, node = structuralNode(schema, builtinSchemas().objectMeta));
  return node;
}

function problemsWith(value: Json, schema: JsonMap, path: string, above: string): StatusCause[] {
  const problems = new FieldProblems();
  new Checker(problems, above).check(value, nodeOf(schema), path);
  return problems.causes;
}

function correlate(item: Json, { listType, listMapKeys }: SchemaNode, old: Json | undefined): Json | undefined {
  if (listType !== 'map' || !Array.isArray(old)) return undefined;
  const key = JSON.stringify(keysOf(item, listMapKeys));
  return old.find(other => JSON.stringify(keysOf(other, listMapKeys)) === key);
}

function keysOf(item: Json, keys: readonly string[] = []): Json {
  return isMap(item) ? Object.fromEntries(keys.flatMap(key => (item[key] === undefined ? [] : [[key, item[key]]]))) : item;
}

function typeOf(value: Json): string {
  if (value === null) return 'null';
  if (Array.isArray(value)) return 'array';
  return typeof value === 'number' ? (Number.isInteger(value) ? 'integer' : 'number') : typeof value;
}

const expressions = new Map<string, RegExp>();

/** Go's expressions are those of JavaScript in what schemas use; one that is not fits everything. */
function compile(pattern: string): RegExp {
  let expression = expressions.get(pattern);
  if (!expression) {
    try {
      expression = new RegExp(pattern.replace(/^\(\?i\)/, ''), pattern.startsWith('(?i)') ? 'i' : '');
    } catch {
      expression = /(?:)/;
    }
    expressions.set(pattern, expression);
  }
  return expression;
}
