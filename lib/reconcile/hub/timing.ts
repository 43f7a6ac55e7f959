/** All times of the leases of one process, in milliseconds. They follow from the one that users set. */
export interface LeaseTiming {
  /** How long others wait, from when they saw a member's Lease change for the last time, until they declare the member dead. */
  readonly durationMs: number;
  /** How long a member is sure of itself, from the start of the last renewal that succeeded. */
  readonly sureMs: number;
  readonly renewMs: number;
  /** Before a renewal that failed is tried again. */
  readonly retryMs: number;
  /** Between two looks at the members. */
  readonly lookMs: number;
  /** For one request with all its retries: shorter than what lies between `sureMs` and `durationMs`. */
  readonly requestMs: number;
  /** A cluster that nobody took for so long is taken by whoever sees it, whatever its share. */
  readonly graceMs: number;
  /** For so long it is then not given back to make shares even. */
  readonly stickyMs: number;
}

/** With 15 seconds: sure for 12, renewed every 5, looked at every 2, 2.4 for a request. */
export function timingOf(leaseSeconds: number): LeaseTiming {
  const durationMs = leaseSeconds * 1000;
  return {
    durationMs,
    // A fifth is for clocks that do not run equally fast: one may gain a quarter on the other.
    sureMs: durationMs * 0.8,
    renewMs: durationMs / 3,
    retryMs: durationMs / 15,
    lookMs: durationMs / 7.5,
    requestMs: durationMs * 0.16,
    graceMs: durationMs / 2,
    stickyMs: durationMs * 10,
  };
}
