import { differences } from './difference';
import { kinds } from './kinds';
import { Side, type Exchanged } from './side';
import { nextStep } from './step';
import type { Target } from '../conformance/target';
import { Random } from '../fields/random';

export interface Servers {
  readonly real: Target;
  readonly sandbox: Target;
}

/** Where a history parted. */
export interface Parting {
  readonly seed: number;
  /** From 1. */
  readonly step: number;
  readonly kind: string;
  readonly real: Exchanged;
  readonly sandbox: Exchanged;
  /** What the object was before, on the real server. */
  readonly before: unknown;
  readonly differences: readonly string[];
}

export interface Ran {
  readonly parting?: Parting;
  /** How many answers there were of each status. */
  readonly statuses: ReadonlyMap<number, number>;
  /** Whether a second began while a step was under way: one server may have noted another time than the other, by which it orders managedFields. */
  readonly isBlurred: boolean;
}

export interface RunOptions {
  readonly seed: number;
  readonly steps: number;
  /** How often, from 0 to 1, something is wrong with what is sent, beyond what a valid object meets by itself. */
  readonly oddity: number;
  /** In which the objects are, on both servers. @default h<seed> */
  readonly namespace?: string;
  /** Takes the time that each side took, in ms. */
  readonly tookOf?: (side: keyof Servers, ms: number) => void;
}

/** Plays a history on both servers, step by step, until it is over or they part. */
export async function runHistory({ real, sandbox }: Servers, { seed, steps, oddity, namespace = `h${seed}`, tookOf }: RunOptions): Promise<Ran> {
  const random = new Random(seed);
  const kind = kinds[seed % kinds.length];
  const statuses = new Map<number, number>();
  const body = { metadata: { name: namespace } };
  await Promise.all([real, sandbox].map(target => target.ask('POST', '/api/v1/namespaces', { body })));
  let isBlurred = false;
  const [theirs, ours] = [new Side(real, kind.kind), new Side(sandbox, kind.kind)];
  for (let i = 1; i <= steps; i++) {
    const before = theirs.live;
    const step = nextStep(random, kind, { namespace, name: 'one' }, before, oddity);
    const second = secondOf(Date.now());
    const since = performance.now();
    const timed = async (side: keyof Servers, taken: Promise<Exchanged>) => {
      const exchanged = await taken;
      tookOf?.(side, performance.now() - since);
      return exchanged;
    };
    const [a, b] = await Promise.all([timed('real', theirs.take(step)), timed('sandbox', ours.take(step))]);
    statuses.set(a.answer.status, (statuses.get(a.answer.status) ?? 0) + 1);
    isBlurred ||= secondOf(Date.now()) !== second;
    const found = differences(a.normal, b.normal);
    if (found.length > 0) return { statuses, isBlurred, parting: { seed, step: i, kind: kind.kind, real: a, sandbox: b, before, differences: found } };
  }
  return { statuses, isBlurred };
}

function secondOf(ms: number): number {
  return Math.floor(ms / 1000);
}
