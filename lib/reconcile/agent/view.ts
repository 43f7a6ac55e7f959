import { isNotServed } from '../../kube/classify';
import type { Connection } from '../../kube/connection';
import type { Discovery, Resource } from '../../kube/discovery';
import { CollectionReader, followCollection, FollowPace } from '../../kube/follow-collection';
import type { KubeObject } from '../../kube/health';
import { keyOf } from '../../kube/list';
import type { ObjectMetadata } from '../../kube/metadata';
import { isOlder } from '../../kube/snapshot';
import type { HealthRule } from '../../rules/health-rule';
import { formatGroupKind } from '../../tree/manifest';
import { PART_OF_LABEL } from '../applyset';
import { isReadyAtOnce, stateOf } from '../readiness';
import { see, SeenObject } from '../seen';
import { byScope, Scope } from '../tenant';

export interface ViewOptions {
  readonly connection: Connection;
  readonly discovery: Discovery;
  /** How the application of a set tells the health of its kinds. */
  readonly rulesOf: (setId: string) => readonly HealthRule[];
  /** These objects changed, by `formatIdentity`; also by an answer to ourselves. */
  readonly changed: (keys: ReadonlySet<string>) => void;
  /** The watch of a kind changed its state. */
  readonly kind: (kind: string, state: 'listed' | 'lost' | 'denied' | 'closed', error?: unknown) => void;
  readonly pace?: FollowPace;
}

/** One kind that is followed. */
interface Following {
  readonly resource: Resource;
  readonly keys: Set<string>;
  readonly end: AbortController;
  /** The latest version that the server told of itself. */
  version: string;
  denied: boolean;
  /** Runs out when the list of the kind does not go on. */
  readonly patience: NodeJS.Timeout;
  /** Settles when the objects are known, or it is known that they cannot be. */
  readonly known: Promise<void>;
}

/**
 * What an agent knows of the objects of ours in one cluster, kept true by one watch a kind.
 *
 * Of kinds that are ready as soon as they are stored, metadata alone are watched; the others come whole, are assessed, and their content is dropped.
 */
export class View {
  /** By `formatIdentity`. */
  public readonly live = new Map<string, SeenObject>();
  /** Kinds, as `formatScope`, whose objects cannot be seen, or not at the moment: nothing is concluded from what is missing in `live`. */
  public readonly unknown = new Set<string>();
  private readonly following = new Map<string, Following>();
  /** Kinds that are being listed for the first time. */
  private pending = 0;
  private readonly tombs = new Map<string, string>();
  private closed = false;

  constructor(private readonly options: ViewOptions) {}

  /** Follows these kinds, by `formatScope`, and no others; resolves when what is in the cluster is known as far as it can be. */
  public async follow(wanted: ReadonlyMap<string, Scope>): Promise<void> {
    if (this.closed) {
      return;
    }
    for (const [name, { resource }] of this.following) {
      const served = this.options.discovery.find(resource);
      if (!wanted.has(name) || served?.version !== resource.version || served.plural !== resource.plural) {
        this.stop(name);
      }
    }
    for (const [name, id] of wanted) {
      if (!this.following.has(name)) {
        this.start(name, id);
      }
    }
    await this.settled();
  }

  /** Resolves when of each kind that is followed the objects are known, or it is known that they cannot be. */
  public async settled(): Promise<void> {
    if (this.pending > 0) {
      await Promise.all([...this.following.values()].map(({ known }) => known));
    }
  }

  /** Takes over what the server answered to us, which the watch will tell later, whole or (`bare`) without its content; returns whether that is new. */
  public learn(resource: Resource, object: KubeObject, bare = false): boolean {
    const following = byScope({ ...resource, namespace: object.metadata?.namespace }, scope => this.following.get(scope));
    return following !== undefined && this.put(following, keyOf(resource, object), object, bare);
  }

  /** What is kept of an object, if it is this version of it. */
  public tryFind(resource: Resource, object: KubeObject): SeenObject | undefined {
    const seen = this.live.get(keyOf(resource, object));
    return seen?.resourceVersion === object.metadata?.resourceVersion ? seen : undefined;
  }

  /** The rules have changed: what is assessed by its content is read once more, by the next `follow`. */
  public reassess(): void {
    for (const [name, { resource }] of this.following) {
      if (!isReadyAtOnce(formatGroupKind(resource))) this.stop(name);
    }
  }

  /** The definitions of these kinds, as `PLURAL.GROUP`, are others than before: what is known of their objects is void. The next `follow` lists them. */
  public renew(definitions: ReadonlySet<string>): void {
    for (const [name, { resource }] of this.following) {
      if (definitions.has(`${resource.plural}.${resource.group}`)) this.stop(name);
    }
  }

  /** Follows nothing any more, for good. What was seen stays: who still looks must not take it for gone. */
  public close(): void {
    this.closed = true;
    for (const [name, { end }] of this.following) {
      end.abort();
      this.unknown.add(name);
      this.options.kind(name, 'closed');
    }
    this.following.clear();
  }

  private start(name: string, id: Scope): void {
    const { connection, discovery } = this.options;
    const resource = discovery.find(id);
    if (!resource) {
      // A group whose own server is down serves nothing right now; that is no proof that nothing is there.
      this.setUnknown(name, discovery.failedGroups.some(group => group.split('/')[0] === id.group));
      return;
    }
    if (!resource.verbs.includes('list') || !resource.verbs.includes('watch')) {
      this.setUnknown(name, true);
      return;
    }
    this.unknown.add(name);
    const end = new AbortController();
    let settle!: () => void;
    this.pending++;
    const patience = setTimeout(() => settle(), PATIENCE_MS);
    const known = new Promise<void>(resolve => { settle = resolve; }).then(() => {
      clearTimeout(patience);
      this.pending--;
    });
    const following: Following = { resource, keys: new Set(), end, version: '', denied: false, patience, known };
    this.following.set(name, following);
    void followCollection(connection, resource, this.readerOf(name, following, settle), {
      namespace: id.namespace, labelSelector: PART_OF_LABEL, metadataOnly: isReadyAtOnce(formatGroupKind(id)), signal: end.signal, ...this.options.pace,
    }).finally(settle);
  }

  private readerOf(name: string, following: Following, settle: () => void): CollectionReader {
    return {
      seen: (key, object) => {
        if (this.unknown.has(name)) following.patience.refresh();
        // What comes before all is known is told at once when it is.
        if (this.put(following, key, object) && !this.unknown.has(name)) {
          this.options.changed(new Set([key]));
        }
      },
      gone: (key, object) => {
        if (this.remove(following, key, object.metadata?.resourceVersion ?? '')) {
          this.options.changed(new Set([key]));
        }
      },
      listed: (keys, version) => {
        if (isOlder(version, following.version)) {
          // The server's history was put back, from a backup for instance: what we know of later is not true any more.
          this.unknown.add(name);
          this.forget(following);
          return 'again';
        }
        if (this.exhume(following, keys, version)) {
          return 'again';
        }
        following.version = version;
        // What was written while the list was on its way is not in it.
        const missing = [...following.keys].filter(key => !keys.has(key) && !isOlder(version, this.live.get(key)?.resourceVersion ?? ''));
        for (const key of missing) {
          following.keys.delete(key);
          this.live.delete(key);
        }
        following.denied = false;
        const news = this.unknown.delete(name);
        settle();
        if (news) {
          this.options.kind(name, 'listed');
        }
        if (news || missing.length > 0) {
          this.options.changed(new Set([...missing, ...news ? following.keys : []]));
        }
        return undefined;
      },
      lost: error => {
        // One kind whose server is away must not hold up the others.
        settle();
        this.options.kind(name, 'lost', error);
      },
      denied: error => {
        this.setUnknown(name, true);
        this.forget(following);
        settle();
        // It is asked for again and again; that the answer is still no is no news. That it is not served may be known better by another discovery.
        if (!following.denied || isNotServed(error)) {
          following.denied = true;
          this.options.kind(name, 'denied', error);
        }
      },
    };
  }

  /** Takes over an object, unless something newer is known of it; returns whether that tells anything new. */
  private put(following: Following, key: string, object: KubeObject, bare = false): boolean {
    const metadata = object.metadata as ObjectMetadata;
    const former = this.live.get(key);
    const tomb = this.tombs.get(key);
    if (former && isOlder(metadata.resourceVersion, former.resourceVersion) || tomb !== undefined && isOlder(metadata.resourceVersion, tomb)) {
      return false;
    }
    if (former?.resourceVersion === metadata.resourceVersion && (former.state !== undefined || isReadyAtOnce(formatGroupKind(following.resource)))) {
      return false;
    }
    this.tombs.delete(key);
    const setId = metadata.labels?.[PART_OF_LABEL];
    if (setId === undefined) {
      return this.remove(following, key, metadata.resourceVersion);
    }
    following.keys.add(key);
    this.live.set(key, see(metadata, bare ? undefined : this.assess(following.resource, key, object, setId)));
    return true;
  }

  private assess(resource: Resource, key: string, object: KubeObject, setId: string): SeenObject['state'] {
    if (isReadyAtOnce(formatGroupKind(resource))) {
      return undefined;
    }
    const { ready, failed, message } = stateOf(key, object, setId, this.options.rulesOf(setId));
    return { ready, failed, message };
  }

  private remove(following: Following, key: string, version: string): boolean {
    const former = this.live.get(key);
    if (former && isOlder(version, former.resourceVersion)) {
      return false;
    }
    if (this.tombs.size > MAX_TOMBS) {
      this.tombs.clear();
    }
    // An answer to an apply that was overtaken by the deletion must not bring the object back.
    this.tombs.set(key, version);
    following.keys.delete(key);
    return this.live.delete(key);
  }

  /** A list has objects of which a deletion was told that is no later: it was not true. Returns whether there are any; they come with the next list. */
  private exhume(following: Following, keys: ReadonlySet<string>, version: string): boolean {
    const wrong = [...keys].filter(key => !following.keys.has(key) && this.tombs.has(key) && !isOlder(version, this.tombs.get(key)!));
    wrong.forEach(key => this.tombs.delete(key));
    return wrong.length > 0;
  }

  private forget(following: Following): void {
    for (const key of following.keys) {
      this.live.delete(key);
    }
    following.keys.clear();
    following.version = '';
    this.tombs.clear();
  }

  private setUnknown(name: string, unknown: boolean): void {
    if (unknown) {
      this.unknown.add(name);
    } else {
      this.unknown.delete(name);
    }
  }

  private stop(name: string): void {
    const following = this.following.get(name);
    if (following) {
      following.end.abort();
      this.following.delete(name);
      this.forget(following);
      this.unknown.delete(name);
      this.options.kind(name, 'closed');
    }
  }
}

/** A list that is silent for so long holds nobody up any more. */
const PATIENCE_MS = 10_000;
/** Answers are overtaken by milliseconds: what is older than some thousand deletions is forgotten. */
const MAX_TOMBS = 10_000;
