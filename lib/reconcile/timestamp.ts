/** A time as Kubernetes writes it: RFC 3339, to the second. @param milliseconds since the epoch */
export function timestamp(milliseconds = Date.now()): string {
  return new Date(milliseconds).toISOString().replace(/\.\d+Z$/, 'Z');
}
