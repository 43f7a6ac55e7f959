/** A time as Kubernetes writes it, to the second: `2026-01-31T12:00:00Z`. */
export function timestamp(date: Date): string {
  const second = Math.floor(date.getTime() / 1000);
  // Many are made in one second.
  if (second !== last.second) last = { second, text: `${date.toISOString().slice(0, 19)}Z` };
  return last.text;
}

let last = { second: Number.NaN, text: '' };
