import type { Run } from '../contender';
import { median, print, rounded } from '../measure';

/** Prints what we took beside what a peer took, in time and in requests; runs of the same index are neighbours in time. */
export function tellBeside(bench: string, name: string, ours: readonly Run[], peer: string, theirs: readonly Run[]): void {
  const n = Math.min(ours.length, theirs.length);
  if (n === 0) {
    return;
  }
  const common = { bench, case: name, n, baseline: peer } as const;
  const ms = (runs: readonly Run[]): number => rounded(median(runs.map(run => run.ms)));
  print({
    ...common, value: ms(ours), unit: 'ms', baselineValue: ms(theirs), ratio: rounded(median(ours.slice(0, n).map((run, i) => run.ms / theirs[i].ms))),
    peakMB: median(ours.map(run => run.peakMB)), baselinePeakMB: median(theirs.map(run => run.peakMB)),
  });
  const requests = (runs: readonly Run[]): number => median(runs.map(run => run.requests ?? 0));
  print({ ...common, value: requests(ours), unit: 'requests', baselineValue: requests(theirs) });
}

/** Prints what a peer alone did: nobody of ours heals drift in this benchmark. */
export function tellAlone(bench: string, name: string, peer: string, theirs: readonly Run[]): void {
  if (theirs.length > 0) {
    print({ bench, case: `${name}, ${peer}`, n: theirs.length, value: rounded(median(theirs.map(run => run.ms))), unit: 'ms', peakMB: median(theirs.map(run => run.peakMB)) });
  }
}
