import { LeaseServer } from './lease-server';
import { ApiError } from '../../../lib/kube/api-error';
import type { Connection, KubeReply, KubeRequest } from '../../../lib/kube/connection';
import type { Clock } from '../../../lib/reconcile/hub/clock';
import { ClusterLeases, type ClusterLeasesOptions } from '../../../lib/reconcile/hub/cluster-leases';

/** How badly messages travel, until `calmFrom`. */
export interface Weather {
  /** Each way, in milliseconds, mostly; one in twenty takes up to twenty times as long, and may overtake others. */
  readonly latencyMs: number;
  /** Of a hundred messages, each way. */
  readonly lossPercent: number;
}

/** A world with a time of its own: one API server, processes whose clocks run as they like, and messages that are late or lost. */
export class Simulation {
  public readonly server = new LeaseServer();
  public readonly processes: SimulatedProcess[] = [];
  /** Milliseconds of the one true time, which no process sees. */
  public now = 0;
  public weather: Weather = { latencyMs: 5, lossPercent: 0 };
  public downUntil = 0;
  /** What went wrong with the promise: two processes that hold one cluster. */
  public readonly overlaps: string[] = [];
  private readonly queue: { readonly at: number; readonly order: number; readonly run: () => void }[] = [];
  private order = 0;
  private state: number;

  constructor(seed: number) {
    this.state = seed;
  }

  /** Of a seed, so that a run can be repeated (mulberry32). */
  public readonly random = (): number => {
    /* eslint-disable no-bitwise */
    this.state = (this.state + 0x6D2B79F5) | 0;
    let t = Math.imul(this.state ^ (this.state >>> 15), 1 | this.state);
    t = (t + Math.imul(t ^ (t >>> 7), 61 | t)) ^ t;
    return ((t ^ (t >>> 14)) >>> 0) / 4294967296;
    /* eslint-enable no-bitwise */
  };

  public at(time: number, run: () => void): void {
    const event = { at: Math.max(time, this.now), order: this.order++, run };
    let index = this.queue.length;
    while (index > 0 && this.queue[index - 1].at > event.at) index--;
    this.queue.splice(index, 0, event);
  }

  /** Lets time pass, and looks at the promise after each thing that happens. */
  public async runUntil(time: number): Promise<void> {
    while (this.queue.length > 0 && this.queue[0].at <= time) {
      const event = this.queue.shift()!;
      this.now = event.at;
      event.run();
      // All that follows from it without time passing.
      await new Promise(resolve => setImmediate(resolve));
      this.check();
    }
    this.now = time;
    this.check();
  }

  /** Who holds what, by the clusters. */
  public holders(clusters: readonly string[]): Map<string, string[]> {
    return new Map(clusters.map(cluster => [cluster, this.processes.filter(p => p.isRunning && p.leases?.holds(cluster)).map(p => p.identity)]));
  }

  public latency(): number {
    const usual = this.weather.latencyMs * (0.5 + this.random());
    return this.random() < 0.05 ? usual * 20 * this.random() : usual;
  }

  public isLost(): boolean {
    return this.now < this.downUntil || this.random() * 100 < this.weather.lossPercent;
  }

  public check(): void {
    const held = new Map<string, string>();
    for (const process of this.processes) {
      for (const cluster of process.isRunning ? process.clusters : []) {
        if (!process.leases?.holds(cluster)) continue;
        const other = held.get(cluster);
        if (other !== undefined) this.overlaps.push(`at ${this.now} both ${other} and ${process.identity} hold ${cluster}`);
        held.set(cluster, process.identity);
      }
    }
  }
}

export class SimulatedProcess {
  public leases?: ClusterLeases;
  public clusters: readonly string[] = [];
  public pausedUntil = 0;
  public cutUntil = 0;
  /** What `onChange` named last. */
  public working: ReadonlySet<string> = new Set();
  public readonly events: string[] = [];
  /** What the monotonic clock did not count. */
  private stoodStill = 0;
  private wallSet = 0;
  private life = 0;

  constructor(private readonly world: Simulation, public readonly identity: string, private readonly rate: number) {
    world.processes.push(this);
  }

  public get isRunning(): boolean {
    return this.leases !== undefined && this.world.now >= this.pausedUntil;
  }

  public start(clusters: readonly string[], options: Partial<ClusterLeasesOptions> = {}): void {
    const life = ++this.life;
    this.clusters = clusters;
    this.leases = new ClusterLeases({
      connection: this.connect(life), clock: this.clock(life), namespace: 'flotilla-system', fleet: 'shop', identity: this.identity,
      onChange: async held => {
        // To stop a loop takes a while.
        const stops = [...this.working].some(cluster => !held.has(cluster));
        this.working = held;
        if (stops) await new Promise<void>(resolve => this.clock(life).after(2_000 * this.world.random(), resolve));
      },
      onEvent: event => this.events.push(`${event.cluster} ${event.state}`),
      ...options,
    });
    this.leases.setClusters(clusters);
  }

  /** As `kill -9`. */
  public crash(): void {
    this.life++;
    this.leases = undefined;
    this.working = new Set();
  }

  /** `stop`: as SIGSTOP, clocks run on. `suspend`: as a virtual machine that is moved, whose wall clock is set right when it wakes. */
  public pause(milliseconds: number, how: 'stop' | 'suspend'): void {
    this.pausedUntil = Math.max(this.pausedUntil, this.world.now + milliseconds);
    if (how === 'suspend') this.stoodStill += milliseconds * this.rate;
    // What it believes in the moment it wakes, before it has heard of anything.
    this.world.at(this.pausedUntil, () => undefined);
  }

  public setWallClock(milliseconds: number): void {
    this.wallSet += milliseconds;
  }

  private clock(life: number): Clock {
    const { world, identity } = this;
    return {
      monotonic: () => 1e6 * identity.length + world.now * this.rate - this.stoodStill,
      wall: () => 1.7e12 + world.now * this.rate + this.wallSet,
      after: (milliseconds, callback) => {
        let cancelled = false;
        this.deliver(life, world.now + milliseconds / this.rate, () => { if (!cancelled) callback(); });
        return () => { cancelled = true; };
      },
    };
  }

  /** Gets something to the process when it runs; nothing to one that is dead. After a pause, replies and timers come in any order. */
  private deliver(life: number, at: number, run: () => void): void {
    this.world.at(at, () => {
      if (this.life !== life) return;
      if (this.world.now < this.pausedUntil) {
        this.deliver(life, this.pausedUntil + 3 * this.world.random(), run);
      } else {
        run();
      }
    });
  }

  private connect(life: number): Connection {
    const { world } = this;
    const request = async <T>(asked: KubeRequest): Promise<KubeReply<T>> => new Promise((resolve, reject) => {
      const fail = (code: string) => reject(new ApiError({ status: 0, code, request: asked, message: code }));
      if (asked.signal?.aborted) return fail('ABORTED');
      asked.signal?.addEventListener('abort', () => fail('ABORTED'));
      const isLost = () => world.now < this.cutUntil || world.isLost();
      if (isLost()) return;
      world.at(world.now + world.latency(), () => {
        let answer: () => void;
        try {
          const body = world.server.handle(asked) as T;
          answer = () => resolve({ status: 200, body, headers: {} });
        } catch (error) {
          answer = () => reject(error);
        }
        if (!isLost()) this.deliver(life, world.now + world.latency(), answer);
      });
    });
    return { name: 'hub', server: 'https://hub.example', requests: { total: 0, writes: 0 }, request, watch: () => { throw new Error('not here'); }, close: async () => undefined };
  }
}
