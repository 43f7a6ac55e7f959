import { decode, type FieldValidation } from './decode';
import { applyDefaults } from '../../../lib/sandbox/defaults/apply-defaults';
import { prepareForCreate, prepareForUpdate } from '../../../lib/sandbox/defaults/prepare';
import type { Json, JsonMap } from '../../../lib/sandbox/json';
import { definedResources } from '../../../lib/sandbox/schema/definition';
import type { ServedResource } from '../../../lib/sandbox/served-resource';
import { StatusError } from '../../../lib/sandbox/status-error';
import { invalid } from '../../../lib/sandbox/validate/invalid';
import { validateCreate, validateUpdate } from '../../../lib/sandbox/validate/validate';
import { describeWithCluster } from '../../control-plane/describe-cluster';
import { waitUntil } from '../../control-plane/wait-until';

const text = (more: object = {}) => ({ type: 'string', ...more });
const whole = (more: object = {}) => ({ type: 'integer', ...more });
const list = (items: object, more: object = {}) => ({ type: 'array', items, ...more });
const object = (properties: object, more: object = {}) => ({ type: 'object', properties, ...more });
const rule = (expression: string, more: object = {}) => ({ rule: expression, ...more });

const spec = object({
  pattern: text({ pattern: '^[a-z]+$' }), short: text({ minLength: 2, maxLength: 4 }), choice: text({ enum: ['a', 'b'] }),
  count: whole({ minimum: 1, maximum: 10 }), above: { type: 'number', minimum: 0, exclusiveMinimum: true }, even: whole({ multipleOf: 2 }), size: { type: 'number' },
  flag: { type: 'boolean', default: true }, fixed: text({ 'x-kubernetes-validations': [rule('self == oldSelf', { message: 'fixed is immutable' })] }),
  few: list(text(), { minItems: 1, maxItems: 2 }), set: list(text(), { 'x-kubernetes-list-type': 'set' }),
  map: list(object({ name: text(), port: whole({ default: 80 }), value: text() }, { required: ['name'] }), { 'x-kubernetes-list-type': 'map', 'x-kubernetes-list-map-keys': ['name', 'port'] }),
  labels: { type: 'object', additionalProperties: text(), maxProperties: 2, minProperties: 1 },
  either: { 'x-kubernetes-int-or-string': true, 'anyOf': [{ type: 'integer' }, { type: 'string' }] },
  free: { 'type': 'object', 'x-kubernetes-preserve-unknown-fields': true }, maybe: text({ nullable: true }), time: text({ format: 'date-time' }),
  inner: object({ a: text(), b: text(), c: text({ default: 'x' }) }, { required: ['a'], default: { a: 'y' } }),
  one: object({ a: text(), b: text() }, { oneOf: [{ required: ['a'] }, { required: ['b'] }] }),
  range: object({ least: whole(), most: whole() }, {
    'x-kubernetes-validations': [
      rule('self.least <= self.most', { message: 'least may not be above most' }), rule('!has(self.most) || self.most < 100'),
      rule('self.least != 7', { messageExpression: "'not ' + (self.least == 7 ? 'seven' : 'it')", reason: 'FieldValueForbidden', fieldPath: '.least' }),
    ],
  }),
  names: list(text({ maxLength: 10 }), { 'maxItems': 5, 'x-kubernetes-validations': [rule("self.all(name, name.startsWith('a'))", { message: 'all begin with a' })] }),
}, { required: ['pattern'] });

const definition = {
  apiVersion: 'apiextensions.k8s.io/v1', kind: 'CustomResourceDefinition', metadata: { name: 'things.demo.example' },
  spec: {
    group: 'demo.example', scope: 'Namespaced', names: { kind: 'Thing', plural: 'things', singular: 'thing', listKind: 'ThingList' },
    versions: [{ name: 'v1', served: true, storage: true, subresources: { status: {} }, schema: { openAPIV3Schema: object({ spec, status: object({ phase: text() }) }, { required: ['spec'] }) } }],
  },
};

const CASES: readonly [title: string, spec: Json][] = [
  ['the least', { pattern: 'a' }],
  ['something that is missing', {}],
  ['no spec', null],
  ['a spec that is none', 'x'],
  ['a pattern', { pattern: 'A1' }],
  ['lengths', { pattern: 'a', short: 'a' }],
  ['a length', { pattern: 'a', short: 'aaaaa' }],
  ['a choice', { pattern: 'a', choice: 'c' }],
  ['a number too small', { pattern: 'a', count: 0 }],
  ['a number too large', { pattern: 'a', count: 11 }],
  ['a number that has to be above', { pattern: 'a', above: 0 }],
  ['a number that is no multiple', { pattern: 'a', even: 3 }],
  ['a text for a number', { pattern: 'a', count: '3' }],
  ['a number for a text', { pattern: 3 }],
  ['a fraction for a whole number', { pattern: 'a', count: 1.5 }],
  ['a map for a list', { pattern: 'a', few: {} }],
  ['a list for a map', { pattern: 'a', inner: [] }],
  ['a list too short', { pattern: 'a', few: [] }],
  ['a list too long', { pattern: 'a', few: ['a', 'b', 'c'] }],
  ['a set with twins', { pattern: 'a', set: ['a', 'b', 'a'] }],
  ['a list by key with twins', { pattern: 'a', map: [{ name: 'a' }, { name: 'a', port: 80, value: 'x' }] }],
  ['a list by key', { pattern: 'a', map: [{ name: 'a' }, { name: 'a', port: 81 }] }],
  ['a list by key without the key', { pattern: 'a', map: [{ port: 1 }] }],
  ['a map too large', { pattern: 'a', labels: { a: 'b', c: 'd', e: 'f' } }],
  ['a map too small', { pattern: 'a', labels: {} }],
  ['a map with something else', { pattern: 'a', labels: { a: 1 } }],
  ['a number or text', { pattern: 'a', either: 3 }],
  ['neither a number nor a text', { pattern: 'a', either: true }],
  ['anything', { pattern: 'a', free: { a: { b: [1, { c: null }] } } }],
  ['unknown fields', { pattern: 'a', unknown: 1, inner: { a: 'b', more: 2 }, map: [{ name: 'a', other: 3 }] }],
  ['nulls', { pattern: 'a', maybe: null, short: null, flag: null }],
  ['a time that is none', { pattern: 'a', time: 'noon' }],
  ['a default within a map that is given', { pattern: 'a', inner: { a: 'b' } }],
  ['one of two', { pattern: 'a', one: { a: 'x' } }],
  ['both of two', { pattern: 'a', one: { a: 'x', b: 'y' } }],
  ['none of two', { pattern: 'a', one: {} }],
  ['a rule that holds', { pattern: 'a', range: { least: 1, most: 2 } }],
  ['a rule that does not', { pattern: 'a', range: { least: 3, most: 2 } }],
  ['a rule without a message', { pattern: 'a', range: { least: 3, most: 200 } }],
  ['a rule with a message of its own', { pattern: 'a', range: { least: 7, most: 9 } }],
  ['a rule about a list', { pattern: 'a', names: ['a', 'b'] }],
  ['several things at once', { pattern: 'A', count: 0, choice: 'c' }],
];

const CHANGES: readonly [title: string, before: JsonMap, after: JsonMap][] = [
  ['a value that is fixed', { pattern: 'a', fixed: 'x' }, { pattern: 'a', fixed: 'y' }],
  ['a value that was not there', { pattern: 'a' }, { pattern: 'a', fixed: 'y' }],
  ['a value that is wrong', { pattern: 'a', count: 3 }, { pattern: 'a', count: 30 }],
  ['a value that is right', { pattern: 'a', count: 3 }, { pattern: 'b', count: 4 }],
];

describeWithCluster('custom resources', {}, context => {
  const path = '/apis/demo.example/v1/namespaces/default/things';
  let resource: ServedResource;

  beforeAll(async () => {
    await context.kube.apply(definition);
    await waitUntil('the definition is served', async () => (await context.kube.request('GET', path)).status === 200);
    const stored = await context.kube.get(`/apis/apiextensions.k8s.io/v1/customresourcedefinitions/${definition.metadata.name}`);
    [resource] = definedResources(stored as unknown as JsonMap);
    await waitUntil('the schema is served', async () => (await context.kube.request('POST', `${path}?dryRun=All`, thing({}))).status !== 201);
  });

  const thing = (given: Json, name = 'a') => ({ apiVersion: 'demo.example/v1', kind: 'Thing', metadata: { name, namespace: 'default' }, spec: given });

  function answer(make: () => { object: JsonMap; causes: readonly object[]; name: string }): JsonMap {
    try {
      const { object: made, causes, name } = make();
      if (causes.length > 0) throw invalid(resource, name, causes as never);
      return made;
    } catch (error) {
      if (error instanceof StatusError) return error.toStatus();
      throw error;
    }
  }

  function create(sent: JsonMap, validation?: FieldValidation): JsonMap {
    return answer(() => {
      const made = decode(resource, sent, validation);
      applyDefaults(resource, made);
      prepareForCreate(resource, made, { now: new Date() });
      return { object: made, causes: validateCreate(resource, made), name: 'a' };
    });
  }

  function comparable({ metadata, message: _, details, ...rest }: JsonMap): unknown {
    const own = { ...metadata as JsonMap | undefined };
    for (const key of ['uid', 'creationTimestamp', 'managedFields', 'resourceVersion']) delete own[key];
    const { causes, ...others } = { ...details as JsonMap | undefined };
    const sorted = Array.isArray(causes) ? causes.map(cause => JSON.stringify(Object.entries(cause as JsonMap).sort())).sort() : undefined;
    return { ...rest, metadata: own, details: { ...others, causes: sorted } };
  }

  test.each(CASES)('%s', async (...[, given]) => {
    const { body } = await context.kube.request('POST', `${path}?dryRun=All`, thing(given));
    expect(comparable(create(thing(given)))).toEqual(comparable(body as JsonMap));
  });

  test('unknown fields are told when they are to be', async () => {
    const sent = { ...thing({ pattern: 'a', unknown: 1, inner: { a: 'b', more: 2 }, map: [{ name: 'a', other: 3 }] }), extra: 1 };
    const { body } = await context.kube.request('POST', `${path}?dryRun=All&fieldValidation=Strict`, sent);
    expect(create(sent as JsonMap, 'Strict')).toEqual(body);
  });

  test.each(CHANGES)('%s, changed', async (title, before, after) => {
    const name = title.replaceAll(' ', '-');
    const old = await context.kube.create(thing(before, name) as never) as unknown as JsonMap;
    const sent = { ...thing(after, name), metadata: old.metadata };
    const { body } = await context.kube.request('PUT', `${path}/${name}?dryRun=All`, sent);
    const ours = answer(() => {
      const made = decode(resource, sent as JsonMap);
      applyDefaults(resource, made);
      prepareForUpdate(resource, made, old);
      return { object: made, causes: validateUpdate(resource, made, old), name };
    });
    expect(comparable(ours)).toEqual(comparable(body as JsonMap));
  });
});
