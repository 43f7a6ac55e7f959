import { ErrorLocation, FlotillaError } from '../errors';
import { isLabelName, isLabelValue } from './labels';
import { isMap } from './values';

type Fault = readonly [what: string, fix: string];

/** What is wrong with the changes of an overlay that the compiler would have refused, and with what it cannot see. */
export function checkChanges(name: string, given: Record<string, unknown>, where: ErrorLocation): FlotillaError[] {
  const faults = [
    ...mapFaults(given, 'images', value => typeof value === 'string' && value !== '' && !/\s/.test(value), "a tag, a digest or an image: `{ web: '1.4.3' }`"),
    ...mapFaults(given, 'replicas', value => Number.isInteger(value) && Number(value) >= 0, 'a number of replicas: `{ web: 6 }`'),
    ...mapFaults(given, 'labels', (value, key) => isLabelName(key) && (value === '' || isLabelValue(value)), "a label as Kubernetes allows it: `{ team: 'checkout' }`"),
    ...mapFaults(given, 'annotations', (value, key) => isLabelName(key) && typeof value === 'string', "an annotation as Kubernetes allows it: `{ 'example.com/owner': 'checkout' }`"),
    ...['namePrefix', 'nameSuffix'].flatMap(field => affixFaults(given, field)),
    ...selectorFaults(given.remove),
    ...given.optional === undefined || typeof given.optional === 'boolean' ? [] : [['has an `optional` that is neither true nor false', 'set it to true or false'] as const],
  ];
  return faults.map(([what, fix]) => new FlotillaError('FLT2201', { what: `the overlay ${name} ${what}`, where, fix }));
}

function mapFaults(given: Record<string, unknown>, field: string, fits: (value: unknown, key: string) => boolean, example: string): Fault[] {
  const map = given[field];
  if (map === undefined) {
    return [];
  }
  return !isMap(map) ? [[`has \`${field}\` that are no map`, `write ${example}`]]
    : Object.entries(map).filter(([key, value]) => !fits(value, key))
      .map(([key, value]): Fault => [`sets \`${field}\` '${key}' to ${JSON.stringify(value) ?? 'undefined'}, which cannot be`, `write ${example}`]);
}

/** What is in the middle of a name of Kubernetes; whether the whole is one depends on the object. */
function affixFaults(given: Record<string, unknown>, field: string): Fault[] {
  const affix = given[field];
  return affix === undefined || (typeof affix === 'string' && /^[-a-z0-9.]+$/.test(affix)) ? []
    : [[`has the \`${field}\` ${JSON.stringify(affix)}, which no name can have`, "use lower-case letters, digits and `-`: `'eu-'`"]];
}

function selectorFaults(remove: unknown): Fault[] {
  const selectors: unknown[] = remove === undefined ? [] : Array.isArray(remove) ? remove : [remove];
  return selectors.filter(selector => !isMap(selector) || typeof selector.kind !== 'string')
    .map((): Fault => ['does not say which `kind` of object it removes', "write it as `remove: { kind: 'Job', name: 'migrate' }`"]);
}
