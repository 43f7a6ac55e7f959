/** One line of a benchmark's output. */
export interface Measure {
  readonly bench: string;
  readonly case: string;
  /** Median of the runs. */
  readonly value: number;
  readonly unit: 'ms' | 'ms of the processor' | 'a second' | 'a second of processor time' | 'requests' | 'writes' | 'MB' | '% of a core';
  /** Who did the same on the same input, in the same call. */
  readonly baseline?: string;
  readonly baselineValue?: number;
  /** `value / baselineValue`: the median of the runs' own ratios, each of two neighbours in time. */
  readonly ratio?: number;
  /** Runs after the warm-up. */
  readonly n: number;
  /** The most memory that the process had, by the operating system's figure. */
  readonly peakMB?: number;
  /** The same of the baseline, where it is another program; of all its processes together. */
  readonly baselinePeakMB?: number;
}

/** Prints a measure as one line of JSON. */
export function print(measure: Measure): void {
  process.stdout.write(`${JSON.stringify(measure)}\n`);
}

/** The middle of the values; of an even number, the mean of the two in the middle. */
export function median(values: readonly number[]): number {
  const sorted = [...values].sort((a, b) => a - b);
  const middle = Math.floor(sorted.length / 2);
  return sorted.length % 2 === 1 ? sorted[middle] : (sorted[middle - 1] + sorted[middle]) / 2;
}

/** To so many digits as a noisy machine gives. */
export function rounded(value: number): number {
  return Number(value.toPrecision(4));
}
