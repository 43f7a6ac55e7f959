import type { JsonMap } from '../json';
import { EMPTY, makeSet, sortedChildren, type FieldSet } from './field-set';
import { tryCanonical } from './path-element';

/** A set and its JSON, which nobody changes. */
interface Pair {
  readonly json: JsonMap;
  readonly set: FieldSet;
}

const byJson = new WeakMap<object, Pair>();
const bySet = new WeakMap<FieldSet, Pair>();
/** Objects that came from one manifest have one set: by its text, as long as somebody has it. A fleet has few of them, and many objects. */
const byText = new Map<string, WeakRef<Pair>>();
const forgotten = new FinalizationRegistry<string>(text => {
  if (byText.get(text)?.deref() === undefined) byText.delete(text);
});

/** The JSON of `fieldsV1`, its keys in the order of the real server. The same object for equal sets. */
export function encodeSet(set: FieldSet): JsonMap {
  return (bySet.get(set) ?? intern(encodeChildren(set, false), set)).json;
}

/** The set that a `fieldsV1` object means; the same one for equal ones. Steps of a kind that does not exist are left out. @throws Error when it is malformed */
export function decodeSet(json: JsonMap): FieldSet {
  const known = byJson.get(json);
  if (known) return known.set;
  const pair = byText.get(JSON.stringify(json))?.deref() ?? internDecoded(json);
  byJson.set(json, pair);
  return pair.set;
}

function internDecoded(json: JsonMap): Pair {
  const set = decodeChildren(json).set ?? EMPTY;
  return intern(encodeChildren(set, false), set);
}

function intern(json: JsonMap, set: FieldSet): Pair {
  const text = JSON.stringify(json);
  let pair = byText.get(text)?.deref();
  if (!pair) {
    pair = { json, set };
    byText.set(text, new WeakRef(pair));
    forgotten.register(pair, text);
    byJson.set(json, pair);
  }
  if (set !== EMPTY) bySet.set(set, pair);
  return pair;
}

function encodeChildren(set: FieldSet, withSelf: boolean): JsonMap {
  const json: JsonMap = withSelf ? { '.': {} } : {};
  for (const [step, below] of sortedChildren(set)) json[step] = below.children ? encodeChildren(below, below.member) : {};
  return json;
}

/** @returns the set below, and whether the step itself is a member: said by `.`, or by nothing else being there */
function decodeChildren(json: JsonMap): { readonly set?: FieldSet; readonly isMember: boolean } {
  let isMember = false;
  let children: Map<string, FieldSet> | undefined;
  for (const [key, value] of Object.entries(json)) {
    if (key === '.') {
      isMember = true;
      continue;
    }
    const step = tryCanonical(key);
    if (step === undefined) continue;
    if (typeof value !== 'object' || value === null || Array.isArray(value)) throw new Error(`below a step there is an object, not ${JSON.stringify(value)}`);
    const below = decodeChildren(value);
    children ??= new Map();
    children.set(step, makeSet(below.isMember, below.set?.children));
  }
  return children ? { set: { member: false, children }, isMember } : { isMember: true };
}
