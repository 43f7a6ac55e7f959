import crypto from 'node:crypto';
import fc from 'fast-check';
import { Simulation, SimulatedProcess } from './simulation';
import { leaseName } from '../../../lib/reconcile/hub/lease';

const SECOND = 1_000;
const CLUSTERS = ['a', 'b', 'c', 'd', 'e', 'f', 'g'];

/** A world whose chance is of a seed, ours and the code's. */
function world(seed = 1): Simulation {
  const made = new Simulation(seed);
  jest.spyOn(Math, 'random').mockImplementation(made.random);
  jest.spyOn(crypto, 'randomBytes').mockImplementation(((size: number) => Buffer.from(Array.from({ length: size }, () => Math.floor(made.random() * 256)))) as never);
  return made;
}

afterEach(() => jest.restoreAllMocks());

function three(sim: Simulation, rates = [1, 1, 1]): SimulatedProcess[] {
  return rates.map((rate, index) => new SimulatedProcess(sim, ['one', 'two', 'three'][index], rate));
}

const sizes = (sim: Simulation): number[] => sim.processes.map(p => CLUSTERS.filter(cluster => p.isRunning && p.leases!.holds(cluster)).length).sort();

test('three processes share seven clusters, each held by one, and each is told which', async () => {
  const sim = world();
  three(sim).forEach(process => process.start(CLUSTERS));
  await sim.runUntil(10 * SECOND);
  expect(sizes(sim)).toEqual([2, 2, 3]);
  expect([...sim.holders(CLUSTERS).values()].every(holders => holders.length === 1)).toBe(true);
  for (const process of sim.processes) expect([...process.working].sort()).toEqual(CLUSTERS.filter(cluster => process.leases!.holds(cluster)));
  expect(sim.overlaps).toEqual([]);
});

test('at rest a process renews one Lease every four to five seconds and lists members, also with 200 clusters', async () => {
  const sim = world();
  const many = Array.from({ length: 200 }, (_, index) => `cluster-${index}`);
  const [one, two] = three(sim);
  for (const process of [one, two]) process.start(many);
  await sim.runUntil(60 * SECOND);
  const before = sim.server.seen.length;
  await sim.runUntil(120 * SECOND);
  const seen = sim.server.seen.slice(before);
  expect(seen.filter(({ method }) => method !== 'GET').length).toBeLessThanOrEqual(2 * 15);
  expect(seen.length).toBeLessThanOrEqual(2 * (15 + 34 + 3));
  expect(sim.overlaps).toEqual([]);
});

test('a process that was frozen is sure of nothing when it wakes, before any of its timers, and goes on under another name', async () => {
  const sim = world();
  const [one, two] = three(sim);
  for (const process of [one, two]) process.start(CLUSTERS);
  await sim.runUntil(10 * SECOND);
  const [mine] = CLUSTERS.filter(cluster => one.leases!.holds(cluster));
  const guard = one.leases!.guard(mine);
  const holder = sim.server.holder(mine);
  expect(guard.aborted).toBe(false);
  one.pause(30 * SECOND, 'suspend');
  await sim.runUntil(28 * SECOND);
  expect(CLUSTERS.every(cluster => two.leases!.holds(cluster))).toBe(true);
  // The time of its waking, without anything delivered to it.
  sim.now = 40 * SECOND;
  expect(one.leases!.holds(mine)).toBe(false);
  expect(guard.aborted).toBe(true);
  await sim.runUntil(60 * SECOND);
  expect(sizes(sim)).toEqual([0, 3, 4]);
  expect([...sim.server.leases.values()].map(({ spec }) => spec.holderIdentity)).not.toContain(holder);
  expect(sim.overlaps).toEqual([]);
});

test('while the API server is away nobody goes on for longer than it is sure, and afterwards each has what it had', async () => {
  const sim = world();
  three(sim).forEach(process => process.start(CLUSTERS));
  await sim.runUntil(20 * SECOND);
  const before = sim.holders(CLUSTERS);
  const writes = [...sim.server.leases.values()].filter(({ metadata }) => !metadata.name.includes('-member-')).map(({ metadata }) => metadata.resourceVersion);
  sim.downUntil = 80 * SECOND;
  await sim.runUntil(33 * SECOND);
  expect(sizes(sim)).toEqual([0, 0, 0]);
  await sim.runUntil(90 * SECOND);
  expect(sim.holders(CLUSTERS)).toEqual(before);
  expect([...sim.server.leases.values()].filter(({ metadata }) => !metadata.name.includes('-member-')).map(({ metadata }) => metadata.resourceVersion)).toEqual(writes);
  for (const process of sim.processes) expect([...process.working].every(cluster => !process.leases!.guard(cluster).aborted)).toBe(true);
});

test('a cluster is handed over only when its loop has stopped: until then its holder may write, and the Lease is not given back', async () => {
  const sim = world();
  const [one, two] = three(sim);
  let stopped: (() => void) | undefined;
  let told: ReadonlySet<string> = new Set();
  one.start(CLUSTERS, {
    onChange: async held => {
      const stops = [...told].some(cluster => !held.has(cluster));
      told = held;
      if (stops) await new Promise<void>(resolve => { stopped = resolve; });
    },
  });
  await sim.runUntil(5 * SECOND);
  expect(told.size).toBe(7);
  two.start(CLUSTERS);
  await sim.runUntil(12 * SECOND);
  expect(told.size).toBe(4);
  expect(sizes(sim)).toEqual([0, 0, 7]);
  stopped!();
  await sim.runUntil(17 * SECOND);
  expect(sizes(sim)).toEqual([0, 3, 4]);
  expect(sim.overlaps).toEqual([]);
});

test('a process that ends gives all back by one write, and others have it within three seconds', async () => {
  const sim = world();
  three(sim).forEach(process => process.start(CLUSTERS));
  await sim.runUntil(20 * SECOND);
  const [one] = sim.processes;
  const before = sim.server.seen.length;
  let done = 0;
  void one.leases!.release().then(() => { done = sim.now; one.crash(); });
  await sim.runUntil(26 * SECOND);
  expect(done).toBeGreaterThan(20 * SECOND);
  expect(done).toBeLessThan(23 * SECOND);
  expect(sizes(sim)).toEqual([0, 3, 4]);
  expect(sim.server.seen.slice(before).filter(({ method }) => method === 'PUT').length).toBeLessThan(14);
  await sim.runUntil(60 * SECOND);
  expect([...sim.server.leases.keys()].filter(name => name.includes('-member-'))).toHaveLength(2);
});

test('a cluster that leaves the tree is let go, and its Lease is removed', async () => {
  const sim = world();
  three(sim).forEach(process => process.start(CLUSTERS));
  await sim.runUntil(10 * SECOND);
  for (const process of sim.processes) process.leases!.setClusters(CLUSTERS.slice(1));
  await sim.runUntil(20 * SECOND);
  expect(sim.server.holder('a')).toBeUndefined();
  expect(sizes(sim)).toEqual([2, 2, 2]);
});

test.each([
  ['names with hyphens', 'a', 'cluster', 'b-c', 'a-b', 'cluster', 'c'],
  ['a cluster called as a member', 'a', 'cluster', 'member-x', 'a', 'member', 'x'],
  ['long names', 'f', 'cluster', `${'c'.repeat(252)}a`, 'f', 'cluster', `${'c'.repeat(252)}b`],
] as const)('every Lease has a name of its own that Kubernetes takes: %s', (...[, fleet, role, subject, otherFleet, otherRole, otherSubject]) => {
  const names = [leaseName(fleet, role, subject), leaseName(otherFleet, otherRole, otherSubject)];
  expect(names[0]).not.toBe(names[1]);
  for (const name of names) expect(name).toMatch(/^(?=.{1,253}$)[a-z0-9]([-a-z0-9]*[a-z0-9])?$/);
});

type Disturbance = { readonly at: number; readonly process: number; readonly seconds: number; readonly kind: 'stop' | 'suspend' | 'crash' | 'cut' | 'down' | 'release' | 'clock' | 'tree' };

const disturbances = fc.array(fc.record<Disturbance>({
  at: fc.integer({ min: 0, max: 120 }),
  process: fc.integer({ min: 0, max: 2 }),
  seconds: fc.integer({ min: 1, max: 40 }),
  kind: fc.constantFrom('stop', 'suspend', 'crash', 'cut', 'down', 'release', 'clock', 'tree'),
}), { minLength: 1, maxLength: 14 });

function disturb(sim: Simulation, { process: index, seconds, kind }: Disturbance): void {
  const process = sim.processes[index];
  const length = seconds * SECOND;
  switch (kind) {
    case 'stop': case 'suspend': return process.pause(length, kind);
    case 'cut': process.cutUntil = sim.now + length; return;
    case 'down': sim.downUntil = sim.now + length; return;
    case 'clock': return process.setWallClock((seconds - 20) * SECOND);
    case 'tree': {
      const fewer = CLUSTERS.slice(seconds % 4);
      process.leases?.setClusters(fewer);
      return sim.at(sim.now + length, () => process.leases?.setClusters(CLUSTERS));
    }
    case 'release': {
      const leases = process.leases;
      if (!leases) return;
      void leases.release().then(() => {
        // Meanwhile it may have been killed and started anew.
        if (process.leases !== leases) return;
        process.crash();
        sim.at(sim.now + length, () => process.leases ?? process.start(CLUSTERS));
      });
      return;
    }
    default:
      process.crash();
      sim.at(sim.now + length, () => process.leases ?? process.start(CLUSTERS));
  }
}

test('whatever happens, no two processes hold a cluster at a time; and when it is over, all clusters are held in equal shares', async () => {
  let moved = 0;
  await fc.assert(fc.asyncProperty(
    fc.integer(), disturbances, fc.array(fc.double({ min: 0.93, max: 1.07, noNaN: true }), { minLength: 3, maxLength: 3 }),
    fc.record({ latencyMs: fc.integer({ min: 1, max: 1_500 }), lossPercent: fc.integer({ min: 0, max: 30 }) }),
    async (seed, schedule, rates, weather) => {
      const sim = world(seed);
      sim.weather = weather;
      three(sim, rates).forEach(process => process.start(CLUSTERS));
      for (const disturbance of schedule) sim.at(disturbance.at * SECOND, () => disturb(sim, disturbance));
      for (let at = 0; at < 200 * SECOND; at += 250) sim.at(at, () => undefined);
      await sim.runUntil(165 * SECOND);
      moved += sim.processes.flatMap(process => process.events).length;
      sim.weather = { latencyMs: 5, lossPercent: 0 };
      // Until then, somebody may keep what nobody else wanted to take.
      await sim.runUntil(400 * SECOND);
      expect(sim.overlaps).toEqual([]);
      expect([...sim.holders(CLUSTERS)].filter(([, holders]) => holders.length !== 1)).toEqual([]);
      expect(sizes(sim)).toEqual([2, 2, 3]);
      for (const process of sim.processes) expect([...process.working].sort()).toEqual(CLUSTERS.filter(cluster => process.leases!.holds(cluster)));
    },
  ), { numRuns: Number(process.env.FLOTILLA_LEASE_RUNS ?? 40) });
  expect(moved).toBeGreaterThan(100);
}, 300_000);
