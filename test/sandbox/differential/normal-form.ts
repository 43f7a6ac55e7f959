type Data = Record<string, any>;

const UUID = /\b[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}\b/g;
const TIME = /\b\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d+)?Z/g;
/** In ms: what a server writes of its own clock is near to now, other times are those of the history. */
const NEAR = 24 * 3600_000;
/** Of Services: both servers give addresses from the same range. */
const ADDRESS = /\b10\.0\.\d{1,3}\.\d{1,3}\b/g;
/** Within a message that quotes an object. */
const VERSION = /(?<=resourceVersion\\*":\\*"|ResourceVersion in (?:the precondition \(|record \(|precondition: |object meta: ))\d+/g;
/** Where an object is in etcd: each real server of a test has a folder of its own. */
const FOLDER = /(?<= Key: \/)[^/]+(?=\/)/g;
const CHOSEN_PORTS = { first: 30_000, last: 32_767 };

/**
 * Brings the answers of one server to one history into a form in which they can be compared with another's: what a server chooses by itself (uid,
 * resourceVersion, addresses and ports of Services) becomes the number of its first appearance, so that what stays equal is seen to stay equal; times become a
 * word, and entries of managedFields, which are ordered by time, stand in the order of their managers,
 * and the causes of a conflict, which the real server tells in any order, in that of the alphabet.
 */
export class NormalForm {
  private readonly numbers = new Map<string, string>();

  of(value: unknown, key = ''): unknown {
    if (isRefusalBySchema(value)) return this.of(inOrder(value));
    if (Array.isArray(value)) {
      const items = value.map(item => this.of(item, key));
      if (key === 'managedFields') return items.sort(byManager);
      return key === 'causes' && items.every(item => (item as Data).reason === 'FieldManagerConflict') ? items.map(item => JSON.stringify(item)).sort() : items;
    }
    if (typeof value === 'object' && value !== null) {
      // The order of keys is not part of what is compared: numbers are given in one that both have.
      const sorted = Object.entries(value).sort(([a], [b]) => (a < b ? -1 : 1));
      return Object.fromEntries(sorted.map(([name, item]) => [name, name === 'fieldsV1' ? JSON.stringify(item) : this.of(item, name)]));
    }
    if (typeof value === 'number') {
      const isChosen = /nodePort/i.test(key) && value >= CHOSEN_PORTS.first && value <= CHOSEN_PORTS.last;
      return isChosen ? this.number('port', String(value)) : value;
    }
    if (typeof value !== 'string') return value;
    if (key === 'resourceVersion' && value) return this.number('version', value);
    return value.replace(FOLDER, 'registry').replace(VERSION, found => this.number('version', found)).replace(UUID, found => this.number('uid', found)).replace(TIME, found => (Math.abs(Date.parse(found) - Date.now()) < NEAR ? 'NOW' : found)).replace(ADDRESS, found => this.number('address', found));
  }

  private number(what: string, value: string): string {
    const known = `${what} ${value}`;
    let number = this.numbers.get(known);
    if (!number) this.numbers.set(known, number = `${what}-${[...this.numbers.keys()].filter(each => each.startsWith(`${what} `)).length + 1}`);
    return number;
  }
}

function byManager(a: unknown, b: unknown): number {
  const [first, second] = [a, b].map(entry => {
    const { manager = '', operation = '', apiVersion = '', subresource = '' } = (entry ?? {}) as Data;
    return [operation, manager, apiVersion, subresource].map(String).join('\n');
  });
  return first < second ? -1 : first > second ? 1 : 0;
}

/** What is wrong with a custom resource is told in any order: the real server goes through a map of its properties, as Go does it. */
function isRefusalBySchema(value: unknown): value is Data {
  const { kind, reason, details } = (value ?? {}) as Data;
  return kind === 'Status' && reason === 'Invalid' && details?.group === 'example.com' && details.causes?.length > 1 && details.isInOrder !== true;
}

function inOrder(status: Data): Data {
  const { details, message } = status;
  const causes = (details.causes as Data[]).map(cause => JSON.stringify(cause)).sort();
  const parts = /^(.* is invalid: )\[(.*)\]$/s.exec(message as string);
  return { ...status, message: parts ? `${parts[1]}${parts[2].split(', ').sort().join(', ')}` : message as string, details: { ...details, causes, isInOrder: true } };
}
