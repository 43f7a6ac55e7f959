import { appliedFields, fieldsAt, union, valuesAt, withoutItemsNotIn } from '../../lib/kube/field-set';
import type { FieldSet, ObjectMetadata } from '../../lib/kube/metadata';
import { FieldPath, parseFieldPath } from '../../lib/rules/field-path';

const path = (text: string) => parseFieldPath(text) as FieldPath;
const A = 'k:{"name":"a"}';
const B = 'k:{"name":"b"}';
const HTTP = 'k:{"containerPort":80,"protocol":"TCP"}';

const live = {
  spec: { replicas: 3, whole: [{ x: 1 }], tags: ['p', 'q'], items: [{ name: 'a', x: 1, y: 2 }, { name: 'b', x: 3 }], ports: [{ containerPort: 80, protocol: 'TCP', name: 'http' }] },
  data: { 'ca.crt': 'x', 'theirs': 'y' },
};
const fields: FieldSet = {
  'f:spec': {
    'f:replicas': {}, 'f:whole': {}, 'f:tags': { 'v:"p"': {} }, 'f:items': { [A]: { '.': {}, 'f:name': {}, 'f:x': {} }, [B]: { '.': {}, 'f:name': {} } },
    'f:ports': { [HTTP]: { '.': {}, 'f:containerPort': {}, 'f:name': {} } },
  },
  'f:data': { '.': {}, 'f:ca.crt': {} },
};

test.each<[string, FieldSet | 'whole', unknown]>([
  ['spec.replicas', { 'f:spec': { 'f:replicas': {} } }, { spec: { replicas: 3 } }],
  ['spec.items[*].x', { 'f:spec': { 'f:items': { [A]: { 'f:x': {} } } } }, { spec: { items: [{ name: 'a', x: 1 }] } }],
  ['spec.items[name=b].x', {}, undefined],
  ['spec.items[x=1].x', { 'f:spec': { 'f:items': { [A]: { 'f:x': {} } } } }, { spec: { items: [{ name: 'a', x: 1 }] } }],
  ['spec.ports[name=http].name', { 'f:spec': { 'f:ports': { [HTTP]: { 'f:name': {} } } } }, { spec: { ports: [{ containerPort: 80, protocol: 'TCP', name: 'http' }] } }],
  ['data["ca.crt"]', { 'f:data': { 'f:ca.crt': {} } }, { data: { 'ca.crt': 'x' } }],
  ['data', { 'f:data': { '.': {}, 'f:ca.crt': {} } }, { data: { 'ca.crt': 'x' } }],
  ['data.theirs', {}, undefined],
  ['spec.tags', { 'f:spec': { 'f:tags': { 'v:"p"': {} } } }, { spec: { tags: ['p'] } }],
  ['spec.whole', { 'f:spec': { 'f:whole': {} } }, { spec: { whole: [{ x: 1 }] } }],
  ['spec.whole[*].x', 'whole', undefined],
  ['spec.whole[*].y', {}, undefined],
  ['spec.none.at.all', {}, undefined],
])('of what we own, %s', (text, expected, values) => {
  const found = fieldsAt(fields, path(text), live);
  expect(found).toEqual(expected);
  if (found !== 'whole' && Object.keys(found).length > 0) expect(valuesAt(found, live)).toEqual(values);
});

test('what is applied under one name is put together, what is written otherwise is not', () => {
  const metadata = {
    managedFields: [
      { manager: 'm', operation: 'Apply', apiVersion: 'v1', fieldsV1: { 'f:a': { 'f:b': {} } } }, { manager: 'm', operation: 'Apply', apiVersion: 'v2', fieldsV1: { 'f:a': { 'f:c': {} } } },
      { manager: 'm', operation: 'Update', fieldsV1: { 'f:d': {} } }, { manager: 'n', operation: 'Apply', fieldsV1: { 'f:e': {} } },
      { manager: 'm', operation: 'Apply', subresource: 'status', fieldsV1: { 'f:f': {} } },
    ],
  } as unknown as ObjectMetadata;
  expect(appliedFields(metadata, 'm')).toEqual({ 'f:a': { 'f:b': {}, 'f:c': {} } });
  expect(union({ a: { b: {} } }, { a: {}, c: {} })).toEqual({ a: { b: {} }, c: {} });
});

test('items of lists that a manifest no longer has are left out, a key that is filled in by default aside', () => {
  expect(withoutItemsNotIn(fields, { spec: { items: [{ name: 'a' }], ports: [{ containerPort: 80 }] } })).toEqual({
    ...fields, 'f:spec': { ...fields['f:spec'], 'f:items': { [A]: fields['f:spec']['f:items'][A] } },
  });
  expect(withoutItemsNotIn({ 'f:items': { [A]: { 'f:x': {} } } }, {})).toEqual({});
});
