import crypto from 'node:crypto';
import fc from 'fast-check';
import { Simulation, SimulatedProcess } from './simulation';

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
  ), { numRuns: Number(process.env.FLOTILLA_LEASE_RUNS ?? 60) });
  expect(moved).toBeGreaterThan(100);
}, 300_000);
