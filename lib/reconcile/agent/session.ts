import { setMaxListeners } from 'node:events';
import { setTimeout as sleep } from 'node:timers/promises';
import { Audits } from './audits';
import { Backoff } from './backoff';
import { changedApplications, definersFirst } from './changed-applications';
import { reasonToWait } from './dependency';
import type { AgentListener, ClusterState } from './events';
import { Fights } from './fights';
import { holdBack } from './hold-back';
import { Holders } from './holders';
import { Kinds } from './kinds';
import { tellingKubeEvents } from './kube-events';
import { News } from './news';
import { Probe, ProbeOptions } from './probe';
import { ReadyApplications } from './ready-applications';
import { RecordBook } from './record-book';
import { RecordWatch } from './record-watch';
import { targetState } from './target-state';
import { ViewReadiness } from './view-readiness';
import { Views } from './views';
import { WorkQueue } from './work-queue';
import { writersOf } from './writers';
import { isExpired, isUnauthorized, isUnreachable } from '../../kube/classify';
import { clusterError } from '../../kube/cluster-error';
import type { Connection } from '../../kube/connection';
import { Discovery, type Resource } from '../../kube/discovery';
import type { FollowPace } from '../../kube/follow-collection';
import type { KubeObject } from '../../kube/health';
import { keyOf } from '../../kube/list';
import { blockedResult } from '../blocked';
import type { ClusterContext } from '../context';
import { definitionsOf } from '../definitions-of';
import { Grants } from '../grants';
import { installDeliveries } from '../install';
import type { LoadedCluster } from '../load';
import { checkOwnership, listRecords, Observed } from '../observe';
import { ownersOf, planApplication, removedApplications, TargetPlan } from '../plan';
import { healthRules } from '../readiness';
import type { ObjectResult, TargetResult } from '../report';
import { runRemoval } from '../run-removal';
import { isRepair, runTarget } from '../run-target';
import type { SeenObject } from '../seen';

export interface SessionOptions {
  readonly connection: Connection;
  readonly listener: AgentListener;
  /** Each object is looked at by a dry run once in this time, in milliseconds; 0: never. */
  readonly auditMs: number;
  /** Ends it, with the requests that are under way. */
  readonly signal: AbortSignal;
  /** How soon it finds what a watch has lost. */
  readonly pace?: FollowPace;
}

/** Applications that run at the same time; their requests share the places of the connection. */
const CONCURRENCY = 64;
/** What waits for others is looked at again in any case, though nothing should have been missed. It costs no request. */
const LOOK_AGAIN_MS = 5 * 60_000;
/** For the last writes, in milliseconds: they only spare requests, and others wait for the end. */
const FLUSH_MS = 1_000;

/**
 * One cluster, for as long as it can be reached: it is observed by watches, and every application about which something changed is planned and
 * executed again, by the same code that a one-shot apply uses.
 */
export class Session {
  /** @throws ApiError, FLT5202, FLT5203, FLT5104 when the cluster cannot be worked on */
  public static async open(options: SessionOptions, desired: LoadedCluster): Promise<Session> {
    const { connection, signal } = options;
    const discovery = await Discovery.load(connection);
    const namespace = { name: desired.desired.namespace, uid: await installDeliveries(connection, discovery, desired.desired.namespace, signal) };
    const records = await listRecords(connection, discovery, desired.desired.namespace);
    checkOwnership(records, desired.desired);
    const session = new Session(options, discovery, desired, records, namespace);
    await session.start();
    return session;
  }

  private readonly views: Views;
  private readonly readiness: ViewReadiness;
  private readonly book: RecordBook;
  private readonly recordWatch: RecordWatch;
  private readonly queue: WorkQueue;
  private readonly fights = new Fights();
  private readonly grants = new Grants();
  private readonly backoff = new Backoff();
  private readonly ready = new ReadyApplications();
  private readonly news = new News();
  /** When a change was first told of an object, until its application ran. */
  private readonly changedAt = new Map<string, number>();
  private readonly holders: Holders;
  private readonly audits = new Audits(application => this.queue.add(application));
  /** Trees that are being taken over: what they bring is not in the queue yet. */
  private taking = 0;
  private readonly kinds: Kinds;
  private readonly probe: Probe;
  private fail!: (error: unknown) => void;
  /** Rejects when the cluster can no longer be reached. */
  private readonly failed = new Promise<never>((_resolve, reject) => { this.fail = reject; });
  private leave!: () => void;
  private readonly left = new Promise<void>(resolve => { this.leave = resolve; });
  private readonly stop = new AbortController();
  /** Comes when it is over, for whatever reason: a session that was closed sends nothing more. */
  private readonly over: AbortSignal;

  private constructor(
    private readonly options: SessionOptions, private readonly discovery: Discovery, private loaded: LoadedCluster, records: Observed['records'],
    namespace: ProbeOptions['namespace'],
  ) {
    this.failed.catch(() => undefined);
    this.over = AbortSignal.any([options.signal, this.stop.signal]);
    // All that runs listens to it.
    setMaxListeners(0, this.over);
    this.probe = new Probe({
      connection: options.connection, discovery, namespace, book: () => this.book, signal: this.over, away: error => this.fail(error),
    });
    this.queue = new WorkQueue({
      handle: application => this.run(application), concurrency: CONCURRENCY,
      onDepth: depth => options.listener({ type: 'queue', cluster: this.name, depth }),
    });
    this.views = new Views({
      connection: options.connection, discovery, pace: options.pace, rules: healthRules(loaded.desired.targets),
      changed: keys => this.onChange(keys),
      kind: (kind, state, error) => this.onKind(kind, state, error),
    });
    this.readiness = new ViewReadiness(this.views);
    this.book = new RecordBook(records, { context: () => this.base, changed: application => this.onRecord(application) });
    this.holders = new Holders(() => this.loaded.desired, this.book.records);
    const listener = tellingKubeEvents({
      connection: options.connection, cluster: loaded.name, namespace: () => this.loaded.desired.namespace, records: this.book.records,
      isBusy: () => this.queue.depth > 0, listener: options.listener, signal: this.stop.signal,
    });
    this.options = { ...options, listener };
    this.recordWatch = new RecordWatch(options.connection, discovery, this.book, () => this.loaded.desired.namespace, this.stop.signal, options.pace);
    this.kinds = new Kinds({
      connection: options.connection, discovery, signal: this.stop.signal, pace: options.pace, views: this.views, records: this.book.records,
      desired: () => this.loaded.desired, recordWatch: this.recordWatch,
      run: applications => applications.forEach(application => this.queue.add(application)),
    });
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
    this.holders.change();
    this.views.assessBy(healthRules(loaded.desired.targets));
    await this.kinds.follow();
    // What is run for the first time has a record when that run is over: what left the tree is asked for in any case.
    const left = new Set([...former.targets, ...removedApplications(loaded.desired, this.book.records)].map(each => each.application));
    loaded.desired.targets.forEach(target => left.delete(target.application));
    for (const application of [...changedApplications(former, loaded.desired), ...left]) {
      this.backoff.forget(application);
      this.queue.add(application);
    }
  }

  public get state(): ClusterState {
    const { targets } = this.loaded.desired;
    return {
      cluster: this.name, state: this.queue.depth + this.taking > 0 ? 'working' : 'steady', queued: this.queue.depth,
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
      await Promise.race([this.book.flush(), sleep(FLUSH_MS, undefined, { ref: false })]);
    }
    this.stop.abort();
    this.kinds.close();
    this.book.close();
    this.views.close();
  }

  private async start(): Promise<void> {
    await this.kinds.follow();
    void this.recordWatch.run();
    void this.kinds.run();
    void this.audits.run(this.options.auditMs, this.stop.signal, () => this.loaded.desired);
    for (const { application } of [...definersFirst(this.loaded.desired.targets), ...removedApplications(this.loaded.desired, this.book.records)]) {
      this.queue.add(application);
    }
  }

  private get base(): Pick<ClusterContext, 'connection' | 'discovery' | 'desired' | 'options'> {
    return {
      connection: this.options.connection, discovery: this.discovery, desired: this.loaded.desired,
      options: { wait: true, resumed: true, signal: this.over },
    };
  }

  /** Plans and executes one application; what goes wrong is its result. */
  private async run(application: string): Promise<void> {
    // A kind that has just come: of what is not known yet, nothing is concluded.
    await this.views.settled();
    if (this.over.aborted) return;
    const { loaded } = this;
    const start = Date.now();
    const planned = planApplication(loaded.desired, this.views.observed(this.book), application);
    if (!planned) {
      return;
    }
    const { plan, delayMs } = holdBack(this.audits.withLooks(planned), this.fights, start);
    if (delayMs > 0) {
      this.queue.addAfter(application, delayMs);
    }
    const writers = writersOf(plan, this.views.of(plan.target)?.live);
    let result: TargetResult;
    try {
      result = await this.execute(loaded, plan);
    } catch (cause) {
      if (this.over.aborted) return;
      if (isUnreachable(cause) || isUnauthorized(cause)) {
        this.fail(cause);
      }
      const error = clusterError(this.options.connection, cause);
      result = { application, outcome: 'failed', revision: plan.target?.revision, ready: false, message: error.what, objects: [], errors: [error] };
    }
    this.settle(plan, result, start, writers);
    if (result.outcome === 'waiting' && this.loaded !== loaded) {
      // A newer tree stopped it, though it may hold the application unchanged: then nobody else asks for the rest.
      this.queue.add(application);
    }
  }

  private async execute(loaded: LoadedCluster, plan: TargetPlan): Promise<TargetResult> {
    const { target } = plan;
    const context: ClusterContext = {
      ...this.base, desired: loaded.desired, observed: this.views.observed(this.book), readiness: this.readiness, records: this.book,
      fights: this.fights.of(plan.application, Date.now()), grants: this.grants,
      ...definitionsOf(loaded.desired),
      wrote: (resource, object) => this.onWritten(plan, resource, { ...object, apiVersion: object.apiVersion, kind: resource.kind }),
      found: (resource, object) => {
        if (this.views.of(plan.target ?? plan.record)?.learn(resource, { ...object }, true)) this.onChange(new Set([keyOf(resource, { ...object })]));
      },
      superseded: next => next === 'prune' ? this.loaded !== loaded : this.loaded !== loaded && !this.loaded.desired.targets.includes(target as never),
    };
    if (!target) {
      return runRemoval(context, plan as Parameters<typeof runRemoval>[1]);
    }
    const treePlan = { ...plan, target };
    // Who has nothing to write need not wait.
    const reason = plan.idle ? undefined : reasonToWait(loaded.desired, this.views.observed(this.book), this.readiness, plan.application);
    return runTarget(context, treePlan, reason === undefined ? undefined : blockedResult(loaded.desired, treePlan, reason));
  }

  private settle(plan: TargetPlan, result: TargetResult, start: number, writers: ReadonlyMap<string, string | undefined>): void {
    const { application } = plan;
    const { listener } = this.options;
    const repairs = plan.idle ? undefined : new Set(plan.steps.flatMap(step => step.objects).filter(isRepair).map(({ object }) => object.key));
    for (const object of result.objects) {
      if (repairs?.has(object.object)) this.tellDrift(application, object, writers.get(object.object));
      if (this.audits.isDone(object.object)) {
        const outcome = object.error ? 'failed' : object.action === 'unchanged' ? 'same' : 'drifted';
        listener({ type: 'audit', cluster: this.name, object: object.object, outcome });
      }
      this.changedAt.delete(object.object);
    }
    if (result.objects.some(each => ['created', 'pruned', 'released'].includes(each.action)) || result.outcome === 'removed') {
      this.holders.change(application);
    }
    if (result.errors.some(({ cause }) => isUnreachable(cause) || isUnauthorized(cause))) {
      void this.probe.ask();
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
      void this.kinds.refresh().then(() => this.queue.add(application), () => undefined);
    } else if (result.outcome !== 'unchanged') {
      this.kinds.followSoon();
    }
    if (this.news.isNews(plan, result)) {
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
      for (const holder of this.holders.of(key)) {
        this.queue.add(holder);
      }
    }
  }

  private onRecord(application: string): void {
    this.holders.change(application);
    this.queue.add(application);
  }

  /** What we wrote is no news to who wrote it, nor to the watch, but to an application that had the object before. */
  private onWritten(plan: TargetPlan, resource: Resource, object: KubeObject): SeenObject | undefined {
    const view = this.views.of(plan.target ?? plan.record);
    if (view?.learn(resource, object)) {
      this.holders.of(keyOf(resource, object)).forEach(holder => this.queue.add(holder));
    }
    return view?.tryFind(resource, object);
  }

  private onKind(kind: string, state: 'listed' | 'lost' | 'denied' | 'closed', error: unknown): void {
    this.options.listener({ type: 'watch', cluster: this.name, kind, state, message: error instanceof Error ? error.message : undefined });
    if (state === 'lost' && (isUnreachable(error) || isUnauthorized(error) || isExpired(error))) {
      void this.probe.ask();
    }
    this.kinds.onWatch(kind, state, error);
  }
}
