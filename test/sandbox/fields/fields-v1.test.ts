import { isSubset, printPaths, setOf } from '../../../lib/sandbox/fields/field-set';
import { decodeSet, encodeSet } from '../../../lib/sandbox/fields/fields-v1';
import { compareText, keyElement, tryCanonical, valueElement } from '../../../lib/sandbox/fields/path-element';
import type { JsonMap } from '../../../lib/sandbox/json';

const rewritten = (json: JsonMap) => JSON.stringify(encodeSet(decodeSet(json)));

describe('the JSON of a field set', () => {
  test.each<[string, JsonMap, string]>([
    ['fields by their bytes', { 'f:b': {}, 'f:a': {}, 'f:B': {}, 'f:a-b': {} }, '{"f:B":{},"f:a":{},"f:a-b":{},"f:b":{}}'],
    ['what an item is before what is in it', { 'f:a': { 'f:b': {}, '.': {} } }, '{"f:a":{".":{},"f:b":{}}}'],
    ['fields, keys, values, indices', { 'i:1': {}, 'v:"a"': {}, 'k:{"n":1}': {}, 'f:z': {} }, '{"f:z":{},"k:{\\"n\\":1}":{},"v:\\"a\\"":{},"i:1":{}}'],
    ['keys by their numbers', { 'k:{"p":443}': {}, 'k:{"p":80}': {}, 'k:{"p":9}': {} }, '{"k:{\\"p\\":9}":{},"k:{\\"p\\":80}":{},"k:{\\"p\\":443}":{}}'],
    ['numbers before texts before truths', { 'v:true': {}, 'v:"1"': {}, 'v:2': {}, 'v:10': {} }, '{"v:2":{},"v:10":{},"v:\\"1\\"":{},"v:true":{}}'],
    ['the keys of an item by name', { 'k:{"protocol":"TCP","port":80}': {} }, '{"k:{\\"port\\":80,\\"protocol\\":\\"TCP\\"}":{}}'],
    ['nothing of an unknown kind', { 'f:a': {}, 'x:b': {} }, '{"f:a":{}}'],
    ['an item alone as a leaf', { 'f:a': { '.': {} } }, '{"f:a":{}}'],
  ])('has %s', (_, json, expected) => {
    expect(rewritten(json)).toBe(expected);
  });

  test('is the same object for equal sets, however they came to be', () => {
    const first = encodeSet(setOf(['f:data', 'f:shared']));
    expect(encodeSet(setOf(['f:data', 'f:shared']))).toBe(first);
    expect(encodeSet(decodeSet({ 'f:data': { 'f:shared': {} } }))).toBe(first);
    expect(decodeSet(JSON.parse(JSON.stringify(first)) as JsonMap)).toBe(decodeSet(first));
  });

  test.each([[{ a: {} }], [{ 'f:a': 1 }], [{ 'k:{': {} }], [{ 'i:x': {} }]])('%j is refused', json => {
    expect(() => decodeSet(json as unknown as JsonMap)).toThrow();
  });
});

test('a step has one text', () => {
  expect(tryCanonical('k:{ "b" : 1, "a" : "<" }')).toBe('k:{"a":"\\u003c","b":1}');
  expect(keyElement([['a', '<']])).toBe('k:{"a":"\\u003c"}');
  expect(valueElement('ä"')).toBe('v:"ä\\""');
  expect(tryCanonical('v:1.0')).toBe('v:1');
});

test('texts are in the order of their bytes in UTF-8', () => {
  expect(['\u{1f600}', '\uffee', 'b', 'a'].sort(compareText)).toEqual(['a', 'b', '\uffee', '\u{1f600}']);
});

test('paths are told as messages have them, a level before what is below', () => {
  const set = setOf(['f:spec', 'f:containers', 'k:{"name":"web"}', 'f:image'], ['f:spec', 'f:replicas'], ['f:metadata', 'f:finalizers', 'v:"a"']);
  expect(printPaths(set).map(({ text }) => text)).toEqual(['.metadata.finalizers[="a"]', '.spec.replicas', '.spec.containers[name="web"].image']);
  expect(isSubset(setOf(['f:spec', 'f:replicas']), set)).toBe(true);
  expect(isSubset(setOf(['f:spec']), set)).toBe(false);
});
