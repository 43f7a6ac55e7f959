const MODULUS = 2_147_483_647;

/** A seeded source of chance (Park and Miller's): the same seed, the same history. */
export class Random {
  private state: number;

  /** @param seed at least 1 */
  constructor(seed: number) {
    // Small seeds are far apart soon.
    this.state = (seed * 69_621) % MODULUS;
    for (let i = 0; i < 5; i++) this.next();
  }

  /** At least 0, below 1. */
  next(): number {
    this.state = (this.state * 48_271) % MODULUS;
    return this.state / MODULUS;
  }

  chance(probability: number): boolean {
    return this.next() < probability;
  }

  /** At least 0, below `end`. */
  below(end: number): number {
    return Math.floor(this.next() * end);
  }

  pick<T>(from: readonly T[]): T {
    return from[this.below(from.length)];
  }

  /** Some of them, maybe none, in any order. */
  some<T>(from: readonly T[], probability = 0.5): T[] {
    const chosen = from.filter(() => this.chance(probability));
    return this.chance(0.5) ? chosen : chosen.reverse();
  }

  /** The value or nothing. */
  maybe<T>(value: () => T, probability = 0.5): T | undefined {
    return this.chance(probability) ? value() : undefined;
  }
}
