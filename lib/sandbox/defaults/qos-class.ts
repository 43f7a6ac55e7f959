import { tryParseQuantity } from '../../schema/quantity';
import { isMap, type Json, type JsonMap } from '../json';

type Sums = Map<string, bigint>;

const maps = (value: Json | undefined) => (Array.isArray(value) ? value.filter(isMap) : []);

/** The class of a Pod by what its containers ask for and are held to: `Guaranteed`, `Burstable`, `BestEffort`. */
export function qosClass(spec: JsonMap): string {
  const holders = isMap(spec.resources) ? [spec] : [...maps(spec.containers), ...maps(spec.initContainers)];
  const [requests, limits]: [Sums, Sums] = [new Map(), new Map()];
  let guaranteed = true;
  for (const { resources } of holders) {
    const own = isMap(resources) ? resources : {};
    add(requests, own.requests);
    const limited = add(limits, own.limits);
    if (!limited.has('cpu') || !limited.has('memory')) guaranteed = false;
  }
  if (requests.size === 0 && limits.size === 0) return 'BestEffort';
  const equal = requests.size === limits.size && [...requests].every(([key, amount]) => limits.get(key) === amount);
  return guaranteed && equal ? 'Guaranteed' : 'Burstable';
}

function add(sums: Sums, list: Json | undefined): Set<string> {
  const found = new Set<string>();
  for (const [key, text] of Object.entries(isMap(list) ? list : {})) {
    const amount = tryParseQuantity(text as string)?.nano ?? 0n;
    if ((key !== 'cpu' && key !== 'memory') || amount <= 0n) continue;
    sums.set(key, (sums.get(key) ?? 0n) + amount);
    found.add(key);
  }
  return found;
}
