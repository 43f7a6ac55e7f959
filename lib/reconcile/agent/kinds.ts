import { applicationsOfGroups, applicationsOfKind } from './applications-of-kind';
import { DefinitionWatch, ServedNews } from './definition-watch';
import type { RecordWatch } from './record-watch';
import type { Views } from './views';
import { isNotServed } from '../../kube/classify';
import type { Connection } from '../../kube/connection';
import type { Discovery } from '../../kube/discovery';
import type { FollowPace } from '../../kube/follow-collection';
import { GROUP } from '../../tree/names';
import type { DesiredCluster } from '../desired';
import { installDeliveries } from '../install';
import type { DeliveryRecord } from '../record';
import { scopesOf } from '../tenant';

export interface KindsOptions {
  readonly connection: Connection;
  readonly discovery: Discovery;
  readonly signal: AbortSignal;
  readonly pace?: FollowPace;
  readonly views: Views;
  readonly recordWatch: RecordWatch;
  /** The tree as it is now. */
  readonly desired: () => DesiredCluster;
  readonly records: ReadonlyMap<string, DeliveryRecord>;
  /** Has these applications run. */
  readonly run: (applications: ReadonlySet<string>) => void;
}

const FOLLOW_AFTER_MS = 250;

/** Which kinds are followed, while they come and go: with trees, with their definitions, and with the right to see them. */
export class Kinds {
  /** Those that may not be seen, as `formatScope`. */
  private readonly denied = new Set<string>();
  private following?: NodeJS.Timeout;
  private readonly definitions: DefinitionWatch;

  constructor(private readonly options: KindsOptions) {
    const { connection, discovery, signal, pace } = options;
    this.definitions = new DefinitionWatch({ connection, discovery, signal, pace, groups: () => this.groups, changed: news => this.onServed(news) });
  }

  /** Watches the definitions, until the signal comes. */
  public async run(): Promise<void> {
    await this.definitions.run();
  }

  /** Follows what the tree and the records name, and nothing else; resolves when it is known as far as it can be. */
  public async follow(): Promise<void> {
    await this.options.views.follow(scopesOf(this.options.desired(), this.options.records));
  }

  /** Kinds may have come or gone with a run. Many run at a time, and what is to be followed is found by looking through all of them. */
  public followSoon(): void {
    this.following ??= setTimeout(() => {
      this.following = undefined;
      void this.follow();
    }, FOLLOW_AFTER_MS);
  }

  /** Asks anew what is served, and follows it. @throws ApiError when the server does not answer */
  public async refresh(): Promise<void> {
    await this.options.discovery.refresh();
    await this.follow();
  }

  /** The watch of a kind, as `formatScope`, changed its state. */
  public onWatch(kind: string, state: 'listed' | 'lost' | 'denied' | 'closed', error: unknown): void {
    if (state === 'listed' && this.denied.delete(kind)) {
      // What could not be done before may well be possible now.
      this.runKind(kind);
    }
    if (state === 'denied') {
      this.denied.add(kind);
      // With its definition, all objects of a kind are gone.
      const known = isNotServed(error) ? this.refresh() : Promise.resolve();
      void known.then(() => this.runKind(kind), () => undefined);
    }
  }

  public close(): void {
    clearTimeout(this.following);
  }

  private runKind(kind: string): void {
    const { desired, records, run } = this.options;
    run(applicationsOfKind(desired(), records, kind));
  }

  /** Definitions came or went, ours or not. Their objects went with them, and can be created again from now on. */
  private onServed({ groups, renewed }: ServedNews): void {
    const { views, desired, records, run } = this.options;
    views.renew(renewed);
    void this.follow().then(() => run(applicationsOfGroups(desired(), records, groups)));
    if (groups.has(GROUP)) {
      void this.reinstall(renewed.has(`deliveries.${GROUP}`));
    }
  }

  /** Somebody deleted the definition of our own records: they are in memory, and what could not be recorded meanwhile is done now. */
  private async reinstall(isBack: boolean): Promise<void> {
    const { connection, discovery, desired, records, recordWatch, run, signal } = this.options;
    try {
      await installDeliveries(connection, discovery, desired().namespace, signal);
    } catch {
      // The watch tells when somebody else has brought it back; what the agent itself cannot do shows in every run.
      return;
    }
    if (isBack) {
      recordWatch.again();
      run(new Set([...desired().targets.map(({ application }) => application), ...records.keys()]));
    }
  }

  private get groups(): ReadonlySet<string> {
    const scopes = scopesOf(this.options.desired(), this.options.records);
    return new Set([GROUP, ...[...scopes.values()].flatMap(each => [...each.values()].map(({ group }) => group))]);
  }
}
