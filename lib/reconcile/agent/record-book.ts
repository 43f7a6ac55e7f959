import { isOlder } from '../../kube/snapshot';
import type { ClusterContext, RecordKeeper, RecordUrgency } from '../context';
import type { DeliveryObject, DeliveryRecord } from '../record';
import { readRecord } from '../record';
import { RecordContent, recordOf, writeRecord } from '../write-record';

/** How long what only spares requests waits for more of it, in milliseconds. */
const WAIT_MS: Readonly<Record<'soon' | 'later', number>> = { soon: 2_000, later: 30_000 };
const RETRY_MS = 5_000;

export interface RecordBookOptions {
  /** Of the tree as it is now. */
  readonly context: () => Pick<ClusterContext, 'connection' | 'discovery' | 'desired' | 'options'>;
  /** A record was taken over. */
  readonly changed: (application: string) => void;
}

/**
 * The Deliveries of a cluster, as its one writer knows them.
 *
 * What somebody waits for is written at once, and is known only when it is written. What only spares later requests is known at once, and written
 * with the next news or after a while: when it is lost, a request is sent in vain.
 */
export class RecordBook implements RecordKeeper {
  public readonly records: Map<string, DeliveryRecord>;
  private readonly unsaved = new Map<string, { readonly due: number; readonly timer: NodeJS.Timeout }>();
  /** The last write of each record, so that two never overtake each other. */
  private readonly writing = new Map<string, Promise<void>>();
  /** The version that the last write of each record got; absent while one is under way. */
  private readonly versions = new Map<string, string>();
  private closed = false;

  constructor(records: ReadonlyMap<string, DeliveryRecord>, private readonly options: RecordBookOptions) {
    for (const { application, version } of records.values()) {
      if (version !== undefined) this.versions.set(application, version);
    }
    this.records = new Map([...records].map(([application, record]) => [application, withoutLines(record)]));
  }

  public async save(former: DeliveryRecord | undefined, content: RecordContent, urgency: RecordUrgency): Promise<void> {
    if (urgency === 'now') {
      await this.write(content.application, () => ({ former, content }));
    } else {
      this.records.set(content.application, recordOf(former, content));
      this.writeAfter(content.application, WAIT_MS[urgency]);
    }
  }

  public forget(application: string): void {
    this.clear(application);
    this.records.delete(application);
  }

  /** The cluster lost the record, or somebody else changed it: it is written anew. */
  public restore(application: string): void {
    this.writeAfter(application, 1_000);
  }

  /** Another process of ours wrote the record. */
  public adopt(object: DeliveryObject): void {
    this.clear(object.metadata.name);
    this.records.set(object.metadata.name, withoutLines(readRecord(object)));
    this.versions.set(object.metadata.name, object.metadata.resourceVersion ?? '');
    this.options.changed(object.metadata.name);
  }

  /** Whether a version of a record is one that we wrote, or are writing over. */
  public wrote(application: string, version: string): boolean {
    const last = this.versions.get(application);
    return last === undefined || last === version || isOlder(version, last);
  }

  /** The record that was written last, by the version that it got; undefined when there is none. */
  public get latest(): { readonly application: string; readonly version: string } | undefined {
    return [...this.versions].map(([application, version]) => ({ application, version }))
      .reduce<{ application: string; version: string } | undefined>((last, each) => last && isOlder(each.version, last.version) ? last : each, undefined);
  }

  /** Writes what waits. */
  public async flush(): Promise<void> {
    await Promise.allSettled([...this.unsaved.keys()].map(application => this.writeKnown(application)));
  }

  public close(): void {
    this.closed = true;
    for (const { timer } of this.unsaved.values()) {
      clearTimeout(timer);
    }
    this.unsaved.clear();
  }

  private writeAfter(application: string, milliseconds: number): void {
    const due = Date.now() + milliseconds;
    const known = this.unsaved.get(application);
    if (this.closed || known && known.due <= due) {
      return;
    }
    clearTimeout(known?.timer);
    const timer = setTimeout(() => {
      this.writeKnown(application).catch(() => this.writeAfter(application, RETRY_MS));
    }, milliseconds);
    this.unsaved.set(application, { due, timer });
  }

  /** What is known is looked up when it is its turn: a write that is under way may say more, and must not be undone. */
  private async writeKnown(application: string): Promise<void> {
    await this.write(application, () => {
      const record = this.records.get(application);
      if (!record) {
        return undefined;
      }
      const { conditions, inventory: _lines, objects: _objects, ...status } = record.status;
      return { former: record, content: { application, spec: record.spec, status, conditions: conditions ?? [], inventory: record.inventory } };
    });
  }

  private async write(application: string, next: () => { readonly former?: DeliveryRecord; readonly content: RecordContent } | undefined): Promise<void> {
    this.clear(application);
    const turn = (this.writing.get(application) ?? Promise.resolve()).then(async () => {
      const record = next();
      if (!record) {
        return;
      }
      const { former, content } = record;
      this.versions.delete(application);
      const written = await writeRecord(this.options.context(), former, content);
      if (former && !this.records.has(application)) {
        // It was let go of meanwhile.
        return;
      }
      this.records.set(application, { ...recordOf(former, content), uid: written.metadata.uid });
      this.versions.set(application, written.metadata.resourceVersion);
    });
    this.writing.set(application, turn.catch(() => undefined));
    await turn;
  }

  private clear(application: string): void {
    clearTimeout(this.unsaved.get(application)?.timer);
    this.unsaved.delete(application);
  }
}

/** The lines of the inventory are the entries once more, and as long. */
function withoutLines(record: DeliveryRecord): DeliveryRecord {
  const { inventory: _lines, ...status } = record.status;
  return { ...record, status };
}
