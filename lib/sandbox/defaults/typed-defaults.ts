import { findGoType, type GoShape } from './go-types';
import { KIND_DEFAULTS } from './kind-defaults';
import { POD_DEFAULTS, type Defaulter } from './pod-defaults';
import { WORKLOAD_DEFAULTS } from './workload-defaults';
import { formatQuantity, roundToMilli, tryParseQuantity } from '../../schema/quantity';
import { isMap, type Json, type JsonMap } from '../json';

const DEFAULTS: ReadonlyMap<string, Defaulter> = new Map(Object.entries({ ...POD_DEFAULTS, ...WORKLOAD_DEFAULTS, ...KIND_DEFAULTS }));

/** Types below which something has a default: all others are passed by. */
const concerned = new Map<string, boolean>();

/**
 * Sets the defaults of a built-in type, in place: first those of the outer type, then those of what it holds, as Go's generated code does.
 *
 * @param type `io.k8s.api.apps.v1.Deployment`
 * @param object as `normalizeTyped` gave it
 */
export function setTypedDefaults(type: string, object: JsonMap): void {
  setStruct(findGoType(type).fullName, object);
}

function setStruct(name: string, value: JsonMap): void {
  DEFAULTS.get(name)?.(value);
  for (const field of findGoType(name).fields) {
    const item = value[field.name];
    if (item !== undefined && item !== null && isConcerned(field.type, new Set())) setValue(field.type, item, value, field.name);
  }
}

function setValue(type: GoShape, value: Json, holder: JsonMap | Json[], key: string | number): void {
  switch (type.shape) {
    case 'pointer': return setValue(type.of, value, holder, key);
    case 'struct': return isMap(value) ? setStruct(type.name, value) : undefined;
    case 'list': return Array.isArray(value) ? value.forEach((item, i) => setValue(type.of, item, value, i)) : undefined;
    case 'map': {
      if (!isMap(value)) return;
      for (const [name, item] of Object.entries(value)) {
        if (type.of.shape === 'Quantity') value[name] = rounded(item);
        else setValue(type.of, item, value, name);
      }
    }
  }
}

/** Lists of resources know no less than a thousandth. */
function rounded(value: Json): Json {
  return typeof value === 'string' && /[nu]$/.test(value) ? formatQuantity(roundToMilli(tryParseQuantity(value)!)) : value;
}

function isConcerned(type: GoShape, above: Set<string>): boolean {
  switch (type.shape) {
    case 'pointer': case 'list': return isConcerned(type.of, above);
    case 'map': return type.of.shape === 'Quantity' || isConcerned(type.of, above);
    case 'struct': break;
    default: return false;
  }
  const known = concerned.get(type.name);
  if (known !== undefined) return known;
  if (above.has(type.name)) return false;
  above.add(type.name);
  const found = DEFAULTS.has(type.name) || findGoType(type.name).fields.some(field => isConcerned(field.type, above));
  // A "no" found within a circle may be a "yes" outside of it.
  if (found || above.size === 1) concerned.set(type.name, found);
  above.delete(type.name);
  return found;
}
