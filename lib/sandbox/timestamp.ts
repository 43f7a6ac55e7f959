/** A time as Kubernetes writes it, to the second: `2026-01-31T12:00:00Z`. */
export function timestamp(date: Date): string {
  return `${date.toISOString().slice(0, 19)}Z`;
}
