/**
 * Health of one object, in Argo CD's words:
 * - `Healthy`: it does what it is for;
 * - `Progressing`: it does not yet, and may still;
 * - `Degraded`: it does not, and will not without a change;
 * - `Suspended`: somebody stopped it on purpose;
 * - `Missing`: it is not in the cluster;
 * - `Unknown`: what it reports cannot be judged.
 */
export type HealthStatus = 'Healthy' | 'Progressing' | 'Degraded' | 'Suspended' | 'Missing' | 'Unknown';

export interface Health {
  readonly status: HealthStatus;
  /** Why, where the object says so. */
  readonly message?: string;
}

/** Judges an object by one rule; undefined where the rule does not decide. */
export type Rule = (object: KubeObject) => Health | undefined;

/** An object as a cluster returns it. Nothing but this much of its shape is relied on. */
export interface KubeObject {
  readonly apiVersion: string;
  readonly kind: string;
  readonly metadata?: {
    readonly name?: string;
    readonly namespace?: string;
    readonly resourceVersion?: string;
    readonly generation?: number;
    readonly deletionTimestamp?: string;
    readonly annotations?: Readonly<Record<string, string>>;
  };
  readonly [key: string]: unknown;
}

export function healthy(message?: string): Health {
  return of('Healthy', message);
}

export function progressing(message?: string): Health {
  return of('Progressing', message);
}

export function degraded(message?: string): Health {
  return of('Degraded', message);
}

export function suspended(message?: string): Health {
  return of('Suspended', message);
}

export function of(status: HealthStatus, message?: string): Health {
  return message ? { status, message } : { status };
}
