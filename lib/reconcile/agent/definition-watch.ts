import { setTimeout as sleep } from 'node:timers/promises';
import type { Connection } from '../../kube/connection';
import type { Discovery } from '../../kube/discovery';
import { followCollection, type FollowPace } from '../../kube/follow-collection';
import type { KubeObject } from '../../kube/health';
import type { ObjectMetadata } from '../../kube/metadata';

/** What is served has changed, and discovery knows it. */
export interface ServedNews {
  /** Groups of the API that serve other kinds or versions than before. */
  readonly groups: ReadonlySet<string>;
  /** Definitions that were deleted and made anew: what was known of their objects, and how they were watched, was about the former ones. */
  readonly renewed: ReadonlySet<string>;
}

export interface DefinitionWatchOptions {
  readonly connection: Connection;
  readonly discovery: Discovery;
  /** Groups of the API whose kinds anybody needs. */
  readonly groups: () => ReadonlySet<string>;
  readonly changed: (news: ServedNews) => void;
  readonly signal: AbortSignal;
  readonly pace?: FollowPace;
}

interface Pending {
  /** Until it is no longer looked for. */
  readonly end: number;
  looks: number;
}

/** Discovery follows a definition by some milliseconds, and by some seconds where the API has several servers. */
const WITHIN_MS = 15_000;
const FIRST_MS = 30;
const LONGEST_MS = 500;
/** Another version of a kind does not show in what is known of its definition: discovery is asked so often in any case. */
const LOOKS = 3;

/**
 * Watches the CustomResourceDefinitions, whoever made them, as metadata: with a definition all its objects are gone, and when it is back they can be
 * created again, which no watch of the kind itself tells.
 */
export class DefinitionWatch {
  /** Those that are there, by name, which is `PLURAL.GROUP`. */
  private readonly known = new Map<string, { readonly version: string; readonly isGoing: boolean }>();
  /** The last uid of each, also when it is gone. */
  private readonly uids = new Map<string, string>();
  private readonly pending = new Map<string, Pending>();
  private readonly renewed = new Set<string>();
  /** What each group served when it was last told. */
  private readonly told: Map<string, string>;
  private listed = false;
  private looking = false;
  private delay = FIRST_MS;

  constructor(private readonly options: DefinitionWatchOptions) {
    this.told = this.servedNow();
  }

  /** Until the signal comes. */
  public async run(): Promise<void> {
    const { connection, discovery, signal, pace } = this.options;
    const resource = discovery.find({ group: 'apiextensions.k8s.io', kind: 'CustomResourceDefinition' });
    if (!resource) {
      return;
    }
    await followCollection(connection, resource, {
      seen: (_key, object) => this.onSeen(object),
      gone: (_key, object) => this.onGone(object.metadata?.name ?? ''),
      listed: keys => {
        const names = new Set([...keys].map(key => key.slice(key.lastIndexOf('/') + 1)));
        [...this.known.keys()].filter(name => !names.has(name)).forEach(name => this.onGone(name));
        this.listed = true;
        return undefined;
      },
      lost: () => undefined,
      // Without the right to look, what fails is tried again now and then.
      denied: () => undefined,
    }, { metadataOnly: true, signal, ...pace });
  }

  private onSeen(object: KubeObject): void {
    const { name, uid, resourceVersion, deletionTimestamp } = object.metadata as ObjectMetadata;
    const [former, formerUid] = [this.known.get(name), this.uids.get(name)];
    const isGoing = deletionTimestamp !== undefined;
    this.known.set(name, { version: resourceVersion, isGoing });
    this.uids.set(name, uid);
    if (isGoing) {
      // What it serves changes when it is gone.
      return;
    }
    if (formerUid !== undefined && formerUid !== uid) {
      this.renewed.add(name);
    }
    // What was there from the start is served already.
    if (former?.version !== resourceVersion && (this.listed || !this.isSettled(name))) {
      this.note(name);
    }
  }

  private onGone(name: string): void {
    this.known.delete(name);
    this.note(name);
  }

  private note(name: string): void {
    this.pending.set(name, { end: Date.now() + WITHIN_MS, looks: 0 });
    this.delay = FIRST_MS;
    if (!this.looking) {
      this.looking = true;
      void this.look().finally(() => { this.looking = false; });
    }
  }

  /** Definitions come by the dozen: they are looked at together. */
  private async look(): Promise<void> {
    const { discovery, groups, signal } = this.options;
    for (; this.pending.size > 0; this.delay = Math.min(this.delay * 2, LONGEST_MS)) {
      await sleep(this.delay, undefined, { signal }).catch(() => undefined);
      const wanted = groups();
      for (const name of [...this.pending.keys(), ...this.renewed]) {
        if (signal.aborted || !wanted.has(groupOf(name))) this.drop(name);
      }
      // When the server does not answer, others find that out.
      if (this.pending.size > 0 && await discovery.refresh().then(() => true, () => false)) {
        this.tell();
      }
      for (const [name, pending] of this.pending) {
        pending.looks++;
        if (pending.looks >= LOOKS && this.isSettled(name) || Date.now() > pending.end) this.drop(name);
      }
    }
  }

  private tell(): void {
    const served = this.servedNow();
    const asked = new Set([...this.pending.keys()].map(groupOf));
    const renewed = new Set([...this.renewed].filter(name => this.isSettled(name)));
    const groups = new Set([...asked].filter(group => (served.get(group) ?? '') !== (this.told.get(group) ?? '')));
    for (const name of renewed) {
      this.renewed.delete(name);
      groups.add(groupOf(name));
    }
    groups.forEach(group => this.told.set(group, served.get(group) ?? ''));
    if (groups.size > 0) {
      this.options.changed({ groups, renewed });
    }
  }

  private drop(name: string): void {
    this.pending.delete(name);
    this.renewed.delete(name);
  }

  /** Whether what discovery says of a definition's kind is what is to be expected. */
  private isSettled(name: string): boolean {
    const known = this.known.get(name);
    return known?.isGoing || this.isServed(name) === (known !== undefined);
  }

  private isServed(name: string): boolean {
    const group = groupOf(name);
    return this.options.discovery.resources.some(resource => resource.group === group && name.startsWith(`${resource.plural}.`));
  }

  private servedNow(): Map<string, string> {
    const served = new Map<string, string>();
    for (const { group, version, plural } of this.options.discovery.resources) {
      served.set(group, `${served.get(group) ?? ''} ${plural}/${version}`);
    }
    return served;
  }
}

function groupOf(name: string): string {
  return name.slice(name.indexOf('.') + 1);
}
