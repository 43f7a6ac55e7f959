import type { RecordBook } from './record-book';
import { isAlreadyGone } from '../../kube/classify';
import type { Connection } from '../../kube/connection';
import { type Discovery, resourcePath } from '../../kube/discovery';
import { fingerprint, ownedFields } from '../../kube/fingerprint';
import { followCollection, type FollowPace } from '../../kube/follow-collection';
import type { KubeObject } from '../../kube/health';
import type { ObjectMetadata } from '../../kube/metadata';
import { GROUP } from '../../tree/names';
import { FIELD_MANAGER, ID_LABEL } from '../applyset';
import type { DeliveryObject } from '../record';

/** Watches the Deliveries themselves: one that somebody deletes or edits is written anew from what is known. */
export class RecordWatch {
  /** What each looked like when it was last taken for ours. */
  private readonly marks = new Map<string, { readonly fields?: string; readonly fingerprint: string }>();
  private round = new AbortController();

  constructor(
    private readonly connection: Connection, private readonly discovery: Discovery, private readonly book: RecordBook,
    private readonly namespace: () => string, private readonly signal: AbortSignal, private readonly pace?: FollowPace,
  ) {}

  /** Until the signal comes. */
  public async run(): Promise<void> {
    while (!this.signal.aborted) {
      this.round = new AbortController();
      const { signal } = this.round;
      await this.follow(AbortSignal.any([this.signal, signal]));
    }
  }

  /** The kind of the Deliveries was defined anew: they are listed at once, and those that went with it are written again. */
  public again(): void {
    this.marks.clear();
    this.round.abort();
  }

  private async follow(signal: AbortSignal): Promise<void> {
    const resource = this.discovery.find({ group: GROUP, kind: 'Delivery' });
    if (!resource) {
      await new Promise<void>(resolve => signal.addEventListener('abort', () => resolve(), { once: true }));
      return;
    }
    await followCollection(this.connection, resource, {
      seen: (_key, object) => this.onSeen(object),
      gone: (_key, object) => this.onGone(object.metadata?.name ?? ''),
      listed: keys => {
        for (const application of this.book.records.keys()) {
          if (![...keys].some(key => key.endsWith(`/${application}`))) this.onGone(application);
        }
        return undefined;
      },
      lost: () => undefined,
      denied: () => undefined,
    }, { labelSelector: ID_LABEL, namespace: this.namespace(), metadataOnly: true, signal, ...this.pace });
  }

  private onGone(application: string): void {
    this.marks.delete(application);
    if (this.book.records.has(application)) {
      this.book.restore(application);
    }
  }

  private onSeen(object: KubeObject): void {
    const metadata = object.metadata as ObjectMetadata;
    const mark = { fields: ownedFields(metadata, FIELD_MANAGER)?.fields, fingerprint: fingerprint(metadata, FIELD_MANAGER) };
    const former = this.marks.get(metadata.name);
    this.marks.set(metadata.name, mark);
    const known = this.book.records.get(metadata.name);
    if (!known || former?.fingerprint === mark.fingerprint || this.book.wrote(metadata.name, metadata.resourceVersion)) {
      return;
    }
    if (mark.fields === undefined || former?.fields !== undefined && mark.fields.length < former.fields.length) {
      // Somebody took a field of it.
      this.book.restore(metadata.name);
    } else {
      void this.reread(metadata.name);
    }
  }

  /** Another process of ours may have written it: what it says counts. */
  private async reread(application: string): Promise<void> {
    const resource = this.discovery.find({ group: GROUP, kind: 'Delivery' });
    try {
      const { body } = await this.connection.request<DeliveryObject>({
        method: 'GET', path: resourcePath(resource!, { namespace: this.namespace(), name: application }), signal: this.signal,
      });
      // What we wrote meanwhile is newer than the answer.
      if (!this.book.wrote(application, body.metadata.resourceVersion ?? '')) this.book.adopt(body);
    } catch (error) {
      if (isAlreadyGone(error)) this.onGone(application);
    }
  }
}
