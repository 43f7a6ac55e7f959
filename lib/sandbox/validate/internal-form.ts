import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { brotliDecompressSync } from 'node:zlib';
import { isMap, type Json, type JsonMap } from '../json';

/** From `lib/` and from `build/` the way to it is the same. */
const FILE = join(__dirname, '..', '..', '..', 'lib', 'sandbox', 'data', 'internal-types-1.36.json.br');

/**
 * Made by scripts/go-types/internal. Of each field, by its name in Go: `*` pointer, `[` slice, `{` map; then `''`, `0` or `false` for what is there when
 * nothing is, `=` for what is written as in the API, or the name of a type.
 */
let types: Readonly<Record<string, Readonly<Record<string, string>>>> | undefined;

/** What stands in the spec of a Pod in the API, and elsewhere within. */
const IN_SECURITY_CONTEXT = ['hostNetwork', 'hostPID', 'hostIPC', 'shareProcessNamespace', 'hostUsers'];

/**
 * A value as an API server works with it: messages that quote a struct show it so, with the names of Go and every field.
 *
 * @param type `PodTemplateSpec`, `PodSpec`, `PersistentVolumeClaimSpec`
 * @param value as the API has it, after its defaults
 */
export function internalForm(type: string, value: JsonMap): JsonMap {
  types ??= JSON.parse(brotliDecompressSync(readFileSync(FILE)).toString()) as NonNullable<typeof types>;
  const given = type === 'PodSpec' ? withHostFields(value) : value;
  const byName = new Map(Object.entries(given).map(([key, item]) => [key.toLowerCase(), item]));
  const form: JsonMap = {};
  for (const [name, shape] of Object.entries(types[type])) {
    // An embedded struct with names of its own: its fields are those of the outer one.
    if (name === 'ObjectMeta') Object.assign(form, value.metadata);
    else form[name] = formOf(shape, byName.get(name.toLowerCase()));
  }
  return form;
}

function withHostFields(spec: JsonMap): JsonMap {
  const own = Object.fromEntries(IN_SECURITY_CONTEXT.filter(key => spec[key] !== undefined).map(key => [key, spec[key]]));
  return { ...spec, securityContext: { ...isMap(spec.securityContext) ? spec.securityContext : {}, ...own } };
}

function formOf(shape: string, value: Json | undefined): Json {
  const isThere = value !== undefined && value !== null;
  switch (shape[0]) {
    case '*': return isThere ? formOf(shape.slice(1), value) : null;
    case '[': return Array.isArray(value) ? value.map(item => formOf(shape.slice(1), item)) : null;
    case '{': return isMap(value) ? Object.fromEntries(Object.entries(value).map(([key, item]) => [key, formOf(shape.slice(1), item)])) : null;
    case '=': return isThere ? withoutEmpty(value) : null;
    case "'": return isThere ? value : '';
    case '0': return isThere ? value : 0;
    case 'f': return isThere ? value : false;
    default: return internalForm(shape, isMap(value) ? value : {});
  }
}

/** As the API writes it: an empty list or map within is left out. */
function withoutEmpty(value: Json): Json {
  if (Array.isArray(value)) return value.map(withoutEmpty);
  if (!isMap(value)) return value;
  const isEmpty = (item: Json) => typeof item === 'object' && item !== null && Object.keys(item).length === 0;
  return Object.fromEntries(Object.entries(value).filter(([, item]) => !isEmpty(item)).map(([key, item]) => [key, withoutEmpty(item)]));
}
