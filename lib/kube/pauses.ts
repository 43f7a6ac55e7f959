/** How long to wait after so many failures in a row (from 1): `first`, then twice as long each time, and never longer than `longest`. */
export function growing(first: number, failures: number, longest: number): number {
  return Math.min(longest, first * 2 ** (failures - 1));
}

/** Half of it at least: those that were cut off together shall not come back together. */
export function atMost(milliseconds: number, random = Math.random): number {
  return milliseconds * (0.5 + 0.5 * random());
}

/** A quarter more or less. */
export function about(milliseconds: number, random = Math.random): number {
  return milliseconds * (0.75 + 0.5 * random());
}
