import { holdBack, withAudit, writersOf } from './adjust-plan';
import { audit } from './audit';
import { Backoff } from './backoff';
import { changedApplications, definersFirst } from './changed-applications';
import { reasonToWait } from './dependency';
import type { AgentListener, ClusterState } from './events';
import { Fights } from './fights';
import { holdersOf } from './holders';
import { tellingKubeEvents } from './kube-events';
import { ReadyApplications } from './ready-applications';
import { RecordBook } from './record-book';
import { RecordWatch } from './record-watch';
import { targetState } from './target-state';
import { View } from './view';
import { ViewReadiness } from './view-readiness';
import { WorkQueue } from './work-queue';
import { FlotillaError } from '../../errors';
import { isNotServed, isUnauthorized, isUnreachable } from '../../kube/classify';
import { clusterError } from '../../kube/cluster-error';
import type { Connection } from '../../kube/connection';
import { Discovery } from '../../kube/discovery';
import { formatGroupKind } from '../../tree/manifest';
import { blockedResult } from '../blocked';
import { recordBlocked } from '../conclude';
import type { ClusterContext } from '../context';
import { definitionsOf } from '../definitions-of';
import { installDeliveries } from '../install';
import type { LoadedCluster } from '../load';
import { checkOwnership, kindsOf, listRecords, Observed } from '../observe';
import { ownersOf, planApplication, removedApplications, TargetPlan } from '../plan';
import { healthRules } from '../readiness';
import type { ObjectResult, TargetResult } from '../report';
import { runRemoval } from '../run-removal';
import { isRepair, runTarget } from '../run-target';

export interface SessionOptions {
  readonly connection: Connection;
  readonly listener: AgentListener;
  /** Each object is looked at by a dry run once in this time, in milliseconds; 0: never. */
  readonly auditMs: number;
  readonly signal: AbortSignal;
}

/** Applications that run at the same time; their requests share the places of the connection. */
const CONCURRENCY = 64;
/** What waits for others is looked at again in any case, though nothing should have been missed. It costs no request. */
const LOOK_AGAIN_MS = 5 * 60_000;

/**
 * One cluster, for as long as it can be reached: it is observed by watches, and every application about which something changed is planned and
 * executed again, by the same code that a one-shot apply uses.
 */
export class Session {
  /** @throws ApiError, FLT5202, FLT5203, FLT5104 when the cluster cannot be worked on */
  public static async open(options: SessionOptions, desired: LoadedCluster): Promise<Session> {
    const { connection, signal } = options;
    const discovery = await Discovery.load(connection);
    await installDeliveries(connection, discovery, desired.desired.namespace, signal);
    const records = await listRecords(connection, discovery, desired.desired.namespace);
    checkOwnership(records, desired.desired);
    const session = new Session(options, discovery, desired, records);
    await session.start();
    return session;
  }

  private readonly view: View;
  private readonly readiness: ViewReadiness;
  private readonly book: RecordBook;
  private readonly recordWatch: RecordWatch;
  private readonly queue: WorkQueue;
  private readonly fights = new Fights();
  private readonly backoff = new Backoff();
  private readonly ready = new ReadyApplications();
  private rules: ReturnType<typeof healthRules>;
  /** When a change was first told of an object, until its application ran. */
  private readonly changedAt = new Map<string, number>();
  private holders?: ReadonlyMap<string, readonly string[]>;
  /** Objects that the audit wants looked at. */
  private readonly audited = new Set<string>();
  private probing = false;
  /** Kinds that may not be seen. */
  private readonly denied = new Set<string>();
  /** Trees that are being taken over. */
  private taking = 0;
  private fail!: (error: unknown) => void;
  /** Rejects when the cluster can no longer be reached. */
  private readonly failed = new Promise<never>((_resolve, reject) => { this.fail = reject; });
  private leave!: () => void;
  private readonly left = new Promise<void>(resolve => { this.leave = resolve; });
  private readonly stop = new AbortController();

  private constructor(private readonly options: SessionOptions, private readonly discovery: Discovery, private loaded: LoadedCluster, records: Observed['records']) {
    this.failed.catch(() => undefined);
    this.rules = healthRules(loaded.desired.targets);
    this.queue = new WorkQueue({
      handle: application => this.run(application), concurrency: CONCURRENCY,
      onDepth: depth => options.listener({ type: 'queue', cluster: this.name, depth }),
    });
    this.view = new View({
      connection: options.connection, discovery, rulesOf: setId => this.rules.get(setId) ?? [],
      changed: keys => this.onChange(keys),
      kind: (kind, state, error) => this.onKind(kind, state, error),
    });
    this.readiness = new ViewReadiness(this.view);
    this.book = new RecordBook(records, { context: () => this.base, changed: application => this.queue.add(application) });
    const listener = tellingKubeEvents({
      connection: options.connection, cluster: loaded.name, namespace: () => this.loaded.desired.namespace, records: this.book.records,
      isBusy: () => this.queue.depth > 0, listener: options.listener, signal: this.stop.signal,
    });
    this.options = { ...options, listener };
    this.recordWatch = new RecordWatch(options.connection, discovery, this.book, () => this.loaded.desired.namespace, this.stop.signal);
  }

  private get name(): string {
    return this.loaded.name;
  }

  /** Runs until the cluster cannot be reached any more, which it throws, or the signal comes. */
  public async work(): Promise<void> {
    const { signal } = this.options;
    await Promise.race([this.failed, this.left, new Promise<void>(resolve => {
      signal.addEventListener('abort', () => resolve(), { once: true });
      if (signal.aborted) resolve();
    })]);
  }

  /** Ends the session: `work` throws the error, or returns when there is none. */
  public end(error?: unknown): void {
    if (error === undefined) {
      this.leave();
    } else {
      this.fail(error);
    }
  }

  /** Takes over a newer tree: what changed in it is run again. @throws FLT5202, FLT5203 */
  public async setTree(loaded: LoadedCluster): Promise<void> {
    this.taking++;
    try {
      await this.takeOver(loaded);
    } finally {
      this.taking--;
    }
  }

  private async takeOver(loaded: LoadedCluster): Promise<void> {
    checkOwnership(this.book.records, loaded.desired);
    const former = this.loaded.desired;
    this.loaded = loaded;
    this.holders = undefined;
    const rules = healthRules(loaded.desired.targets);
    if (JSON.stringify([...rules]) !== JSON.stringify([...this.rules])) {
      this.rules = rules;
      this.view.reassess();
    }
    await this.follow();
    const removed = removedApplications(loaded.desired, this.book.records).map(record => record.application);
    for (const application of [...changedApplications(former, loaded.desired), ...removed]) {
      this.backoff.forget(application);
      this.queue.add(application);
    }
  }

  public get state(): ClusterState {
    const { targets } = this.loaded.desired;
    return {
      cluster: this.name, state: this.queue.depth > 0 || this.taking > 0 ? 'working' : 'steady', queued: this.queue.depth,
      targets: targets.map(({ application }) => targetState(application, this.book.records.get(application))),
    };
  }

  /** Resolves when nothing is left to do at the moment. */
  public async idle(): Promise<void> {
    await this.queue.idle();
  }

  /** Writes the records that wait, and ends. */
  public async close(): Promise<void> {
    this.queue.close();
    if (!this.options.signal.aborted) {
      await this.book.flush();
    }
    this.stop.abort();
    this.book.close();
    this.view.close();
  }

  private async start(): Promise<void> {
    await this.follow();
    void this.recordWatch.run();
    if (this.options.auditMs > 0) {
      void audit({
        everyMs: this.options.auditMs, signal: this.stop.signal,
        keys: () => [...ownersOf(this.loaded.desired).keys()],
        look: key => this.audit(key),
      });
    }
    for (const { application } of [...definersFirst(this.loaded.desired.targets), ...removedApplications(this.loaded.desired, this.book.records)]) {
      this.queue.add(application);
    }
  }

  private audit(key: string): void {
    const owner = ownersOf(this.loaded.desired).get(key);
    if (owner !== undefined) {
      this.audited.add(key);
      this.queue.add(owner);
    }
  }

  private async follow(): Promise<void> {
    await this.view.follow(kindsOf(this.loaded.desired, this.book.records));
  }

  private get base(): Pick<ClusterContext, 'connection' | 'discovery' | 'desired' | 'options'> {
    return {
      connection: this.options.connection, discovery: this.discovery, desired: this.loaded.desired,
      options: { wait: true, resumed: true, signal: this.options.signal },
    };
  }

  private get observed(): Observed {
    return { records: this.book.records, live: this.view.live, unknown: this.view.unknown };
  }

  /** Plans and executes one application; what goes wrong is its result. */
  private async run(application: string): Promise<void> {
    // A kind that has just come: of what is not known yet, nothing is concluded.
    await this.view.settled();
    const { loaded } = this;
    const start = Date.now();
    const planned = planApplication(loaded.desired, this.observed, application);
    if (!planned) {
      return;
    }
    const { plan, delayMs } = holdBack(withAudit(planned, this.audited), this.fights, start);
    if (delayMs > 0) {
      this.queue.addAfter(application, delayMs);
    }
    const writers = writersOf(plan, this.view.live);
    let result: TargetResult;
    try {
      result = await this.execute(loaded, plan);
    } catch (cause) {
      if (this.options.signal.aborted) {
        return;
      }
      if (isUnreachable(cause) || isUnauthorized(cause)) {
        this.fail(cause);
      }
      const error = cause instanceof FlotillaError ? cause : clusterError(this.options.connection, cause);
      result = { application, outcome: 'failed', revision: plan.target?.revision, ready: false, message: error.what, objects: [], errors: [error] };
    }
    this.settle(plan, result, start, writers);
  }

  private async execute(loaded: LoadedCluster, plan: TargetPlan): Promise<TargetResult> {
    const { target } = plan;
    const context: ClusterContext = {
      ...this.base, desired: loaded.desired, observed: this.observed, readiness: this.readiness, records: this.book,
      fights: this.fights.of(plan.application, Date.now()),
      ...definitionsOf(loaded.desired),
      wrote: (resource, object) => this.view.learn(resource, { ...object, apiVersion: object.apiVersion, kind: resource.kind }),
      superseded: next => next === 'prune' ? this.loaded !== loaded : this.loaded !== loaded && !this.loaded.desired.targets.includes(target as never),
    };
    if (!target) {
      return runRemoval(context, plan as Parameters<typeof runRemoval>[1]);
    }
    const treePlan = { ...plan, target };
    // Who has nothing to write need not wait.
    const reason = plan.idle ? undefined : reasonToWait(loaded.desired, this.observed, this.readiness, plan.application);
    if (reason !== undefined) {
      const blocked = blockedResult(loaded.desired, treePlan, reason);
      await recordBlocked(context, treePlan, blocked);
      return blocked;
    }
    return runTarget(context, treePlan);
  }

  private settle(plan: TargetPlan, result: TargetResult, start: number, writers: ReadonlyMap<string, string | undefined>): void {
    const { application } = plan;
    const { listener } = this.options;
    const repairs = plan.idle ? undefined : new Set(plan.steps.flatMap(step => step.objects).filter(isRepair).map(({ object }) => object.key));
    for (const object of result.objects) {
      if (repairs?.has(object.object)) this.tellDrift(application, object, writers.get(object.object));
      if (this.audited.delete(object.object)) {
        const outcome = object.error ? 'failed' : object.action === 'unchanged' ? 'same' : 'drifted';
        listener({ type: 'audit', cluster: this.name, object: object.object, outcome });
      }
      this.changedAt.delete(object.object);
    }
    if (result.objects.some(each => ['created', 'pruned', 'released'].includes(each.action)) || result.outcome === 'removed') {
      this.holders = undefined;
    }
    if (result.outcome === 'failed') {
      this.queue.addAfter(application, this.backoff.after(application, result.errors));
    } else {
      this.backoff.forget(application);
    }
    if (result.outcome === 'waiting' || result.outcome === 'blocked' || result.objects.some(({ reason }) => reason === 'unknown')) {
      this.queue.addAfter(application, LOOK_AGAIN_MS);
    }
    const peace = this.fights.peaceOf(application);
    if (peace !== undefined) {
      this.queue.addAfter(application, Math.max(1_000, peace - Date.now()));
    }
    for (const dependent of this.ready.dependentsOf(this.loaded.desired, application, result)) {
      this.queue.add(dependent);
    }
    if (result.objects.some(({ object, action }) => object.startsWith('CustomResourceDefinition.') && (action === 'created' || action === 'configured'))) {
      // What it defines can be watched now.
      void this.discovery.refresh().then(() => this.follow()).then(() => this.queue.add(application), () => undefined);
    } else if (result.outcome === 'applied') {
      void this.follow();
    }
    if (result.outcome !== 'unchanged' || !plan.idle) {
      listener({ type: 'run', cluster: this.name, commit: this.loaded.desired.commit, result, seconds: (Date.now() - start) / 1000 });
    }
  }

  private tellDrift(application: string, { object, action }: ObjectResult, writer: string | undefined): void {
    if (action !== 'configured' && action !== 'created') {
      return;
    }
    const now = Date.now();
    this.options.listener({
      type: 'drift', cluster: this.name, application, object, writer, seconds: (now - (this.changedAt.get(object) ?? now)) / 1000,
    });
    const delayMs = this.fights.healed(object, application, writer, now);
    if (delayMs > 0) {
      this.options.listener({ type: 'fight', cluster: this.name, application, object, writer, delayMs });
      this.queue.add(application);
    }
  }

  private onChange(keys: ReadonlySet<string>): void {
    const owners = ownersOf(this.loaded.desired);
    const now = Date.now();
    for (const key of keys) {
      const owner = owners.get(key);
      if (owner !== undefined) {
        if (!this.changedAt.has(key)) this.changedAt.set(key, now);
        this.queue.add(owner);
      }
      for (const holder of this.holdersOf(key)) {
        this.queue.add(holder);
      }
    }
  }

  /** The applications that still answer for an object that is not theirs by the tree. */
  private holdersOf(key: string): readonly string[] {
    this.holders ??= holdersOf(this.loaded.desired, this.book.records);
    return this.holders.get(key) ?? [];
  }

  private onKind(kind: string, state: 'listed' | 'lost' | 'denied' | 'closed', error: unknown): void {
    this.options.listener({ type: 'watch', cluster: this.name, kind, state, message: error instanceof Error ? error.message : undefined });
    if (state === 'lost' && (isUnreachable(error) || isUnauthorized(error))) {
      void this.probe();
    }
    if (state === 'listed' && this.denied.delete(kind)) {
      // What could not be done before may well be possible now.
      this.addKind(kind);
    }
    if (state === 'denied') {
      this.denied.add(kind);
      // With its definition, all objects of a kind are gone.
      const known = isNotServed(error) ? this.discovery.refresh().then(() => this.follow()) : Promise.resolve();
      void known.then(() => this.addKind(kind), () => undefined);
    }
  }

  /** The applications that want or hold objects of a kind are looked at. */
  private addKind(kind: string): void {
    for (const { application, objects } of this.loaded.desired.targets) {
      if (objects.some(({ id }) => formatGroupKind(id) === kind)) this.queue.add(application);
    }
    for (const { application, kinds } of this.book.records.values()) {
      if (kinds.some(each => formatGroupKind(each) === kind)) this.queue.add(application);
    }
  }

  /** A watch broke: is it the watch, or the cluster? */
  private async probe(): Promise<void> {
    if (this.probing) {
      return;
    }
    this.probing = true;
    try {
      await this.options.connection.request({ method: 'GET', path: '/version', signal: this.options.signal, timeoutMs: 10_000 });
    } catch (error) {
      if (!this.options.signal.aborted && (isUnreachable(error) || isUnauthorized(error))) this.fail(error);
    } finally {
      this.probing = false;
    }
  }
}
