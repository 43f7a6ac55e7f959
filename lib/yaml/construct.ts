import { Event, EVENT_ID, getScalarValue, MappingEvent, SCALAR_STYLE, ScalarEvent, SequenceEvent } from 'js-yaml';
import { MAX_DEPTH } from './limits';
import { Refusal, tooDeep } from './refusal';
import { resolvePlain, Scalar, Unrepresentable } from './resolve';

const ABSENT = -1;
/** Ranges of these begin after the quote. */
const QUOTED: ReadonlySet<number> = new Set([SCALAR_STYLE.SINGLE_QUOTED, SCALAR_STYLE.DOUBLE_QUOTED]);
const LONG_TAG = /^!<tag:yaml\.org,2002:([a-z]+)>$/;
/** Types by the tags that name them; a scalar so tagged must read as one of them. */
const SCALAR_TAGS: Record<string, (value: Scalar) => boolean> = {
  '!!int': value => Number.isInteger(value),
  '!!float': value => typeof value === 'number',
  '!!bool': value => typeof value === 'boolean',
  '!!null': value => value === null,
};

type YamlMap = Record<string, unknown>;

/**
 * Builds values from the events of one text.
 *
 * Each alias becomes a copy of its own, so that nobody changes one place and finds another changed, and each copy
 * counts: what a small text expands to is bounded.
 */
export class Construction {
  private position = 0;
  private readonly targets: ReadonlyMap<number, number>;

  /**
   * @param budget nodes that may still be built; shared by the texts of one file
   */
  constructor(private readonly text: string, private readonly events: readonly Event[], private readonly budget: { nodes: number }) {
    this.targets = aliasTargets(text, events);
  }

  /** The documents; one without content is none. */
  public documents(): unknown[] {
    const documents: unknown[] = [];
    while (this.position < this.events.length) {
      const event = this.events[this.position++];
      if (event.type !== EVENT_ID.DOCUMENT) {
        continue;
      }
      if (event.directives.some(directive => directive.kind === 'tag')) {
        throw new Refusal(0, '%TAG directives are not supported', 'remove the directive and the tags that use it');
      }
      const content = this.events[this.position];
      if (content.type === EVENT_ID.POP || isEmpty(content)) {
        continue;
      }
      documents.push(this.value(0));
    }
    return documents;
  }

  private value(depth: number): unknown {
    const index = this.position++;
    const event = this.events[index];
    if (--this.budget.nodes < 0) {
      throw new Refusal(offsetOf(event), 'the file expands to more nodes than are read', 'write less in one file, or fewer aliases of large anchors');
    }
    switch (event.type) {
      case EVENT_ID.SCALAR:
        return this.scalar(event);
      case EVENT_ID.ALIAS:
        return this.elsewhere(this.targets.get(index)!, depth);
      case EVENT_ID.SEQUENCE:
        this.enter(event, depth, '!!seq');
        return this.list(depth + 1);
      case EVENT_ID.MAPPING:
        this.enter(event, depth, '!!map');
        return this.map(depth + 1);
      default:
        throw new Error(`event ${event.type} is no node`);
    }
  }

  private elsewhere(target: number, depth: number): unknown {
    const back = this.position;
    this.position = target;
    const value = this.value(depth);
    this.position = back;
    return value;
  }

  private enter(event: MappingEvent | SequenceEvent, depth: number, tag: string): void {
    if (depth >= MAX_DEPTH) {
      throw tooDeep(offsetOf(event));
    }
    const given = this.tagOf(event);
    if (given !== '' && given !== '!' && given !== tag) {
      throw unknownTag(event, given);
    }
  }

  private list(depth: number): unknown[] {
    const list: unknown[] = [];
    while (!this.closes()) {
      list.push(this.value(depth));
    }
    return list;
  }

  private map(depth: number): YamlMap {
    const map: YamlMap = {};
    const keys = new Set<string>();
    while (!this.closes()) {
      const event = this.events[this.position];
      if (this.isMerge(event)) {
        this.position++;
        this.merge(map, depth);
        continue;
      }
      const key = this.key(event, depth);
      if (keys.has(key)) {
        throw new Refusal(offsetOf(event), `the key ${JSON.stringify(key)} is set twice in one map`, 'remove one of the two');
      }
      keys.add(key);
      setOwn(map, key, this.value(depth));
    }
    return map;
  }

  private key(event: Event, depth: number): string {
    const key = this.value(depth);
    if (key === null || typeof key === 'object') {
      throw new Refusal(offsetOf(event), `a key is ${key === null ? 'null' : Array.isArray(key) ? 'a list' : 'a map'}, which JSON does not have`, 'write a string as key');
    }
    return String(key);
  }

  /**
   * What `<<` names is set as if it stood there: it replaces keys above, and keys below replace it. So does go-yaml v2
   * and thus kubectl; by the specification keys above would win too. Of several maps the first wins.
   */
  private merge(map: YamlMap, depth: number): void {
    const event = this.events[this.position];
    const value = this.value(depth);
    for (const source of Array.isArray(value) ? [...value as unknown[]].reverse() : [value]) {
      if (typeof source !== 'object' || source === null || Array.isArray(source)) {
        throw new Refusal(offsetOf(event), '`<<` merges maps, and this is none', 'name a map or a list of maps');
      }
      for (const [key, item] of Object.entries(source)) {
        setOwn(map, key, item);
      }
    }
  }

  private isMerge(event: Event): boolean {
    return event.type === EVENT_ID.SCALAR && event.style === SCALAR_STYLE.PLAIN && event.tagStart === ABSENT && getScalarValue(this.text, event) === '<<';
  }

  private scalar(event: ScalarEvent): Scalar {
    const text = this.textOf(event);
    const tag = this.tagOf(event);
    if (tag === '' && event.style === SCALAR_STYLE.PLAIN) {
      return representable(event, resolvePlain(text));
    }
    if (tag === '' || tag === '!' || tag === '!!str') {
      return text;
    }
    const accepts = SCALAR_TAGS[tag];
    if (!accepts) {
      throw unknownTag(event, tag);
    }
    const value = representable(event, resolvePlain(text));
    if (!accepts(value)) {
      throw new Refusal(offsetOf(event), `${JSON.stringify(text)} is no ${tag}`, 'remove the tag, or write a value of that type');
    }
    return value;
  }

  private textOf(event: ScalarEvent): string {
    const text = getScalarValue(this.text, event);
    // js-yaml gives a block that ends with the file a line break that is not there; by the specification it has none.
    const isBlock = event.style === SCALAR_STYLE.LITERAL_BLOCK || event.style === SCALAR_STYLE.FOLDED_BLOCK;
    return isBlock && event.valueEnd >= this.text.length && /[^\r\n]$/.test(this.text) && text.endsWith('\n') ? text.slice(0, -1) : text;
  }

  private tagOf(event: MappingEvent | SequenceEvent | ScalarEvent): string {
    const tag = event.tagStart === ABSENT ? '' : this.text.slice(event.tagStart, event.tagEnd);
    return tag.replace(LONG_TAG, '!!$1');
  }

  /** Whether the collection ends here; steps over its end. */
  private closes(): boolean {
    const closes = this.events[this.position].type === EVENT_ID.POP;
    if (closes) {
      this.position++;
    }
    return closes;
  }
}

/** For each alias the event that it stands for, as the anchors were at that place. */
function aliasTargets(text: string, events: readonly Event[]): ReadonlyMap<number, number> {
  const targets = new Map<number, number>();
  const anchors = new Map<string, { readonly index: number; open: boolean }>();
  const open: Array<{ open: boolean } | undefined> = [];
  events.forEach((event, index) => {
    if (event.type === EVENT_ID.POP) {
      const anchor = open.pop();
      if (anchor) {
        anchor.open = false;
      }
      return;
    }
    if (event.type === EVENT_ID.DOCUMENT) {
      anchors.clear();
      open.push(undefined);
      return;
    }
    const name = event.anchorStart === ABSENT ? undefined : text.slice(event.anchorStart, event.anchorEnd);
    if (event.type === EVENT_ID.ALIAS) {
      const anchor = anchors.get(name!);
      if (!anchor || anchor.open) {
        throw new Refusal(offsetOf(event), anchor ? `the alias *${name} contains itself` : `no anchor &${name} stands before the alias *${name}`, 'name an anchor that ends above');
      }
      targets.set(index, anchor.index);
      return;
    }
    const anchor = name === undefined ? undefined : { index, open: event.type !== EVENT_ID.SCALAR };
    if (anchor) {
      anchors.set(name!, anchor);
    }
    if (event.type !== EVENT_ID.SCALAR) {
      open.push(anchor);
    }
  });
  return targets;
}

function isEmpty(event: Event): boolean {
  return event.type === EVENT_ID.SCALAR && event.style === SCALAR_STYLE.PLAIN && event.valueStart === event.valueEnd
    && event.tagStart === ABSENT && event.anchorStart === ABSENT;
}

function representable(event: ScalarEvent, value: Scalar | Unrepresentable): Scalar {
  if (value instanceof Unrepresentable) {
    throw new Refusal(offsetOf(event), value.reason, 'write another number, or quote it where a string will do');
  }
  return value;
}

function unknownTag(event: Event, tag: string): Refusal {
  return new Refusal(offsetOf(event), `the tag ${tag} is not supported`, 'write the plain value: JSON has strings, numbers, booleans, null, lists and maps');
}

export function setOwn(map: YamlMap, key: string, value: unknown): void {
  if (key === '__proto__') {
    // An assignment would change the prototype instead.
    Object.defineProperty(map, key, { value, enumerable: true, configurable: true, writable: true });
  } else {
    map[key] = value;
  }
}

function offsetOf(event: Event): number {
  switch (event.type) {
    case EVENT_ID.SEQUENCE:
    case EVENT_ID.MAPPING:
      return event.tagStart !== ABSENT ? event.tagStart : event.start;
    case EVENT_ID.ALIAS:
      // The range is that of the name, after the `*`.
      return event.anchorStart - 1;
    case EVENT_ID.SCALAR:
      return event.tagStart !== ABSENT ? event.tagStart : Math.max(0, event.valueStart - (QUOTED.has(event.style) ? 1 : 0));
    default:
      return 0;
  }
}
