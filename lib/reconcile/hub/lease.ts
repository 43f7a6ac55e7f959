import { createHash } from 'node:crypto';
import type { Resource } from '../../kube/resource';
import { GROUP } from '../../tree/names';

/** `coordination.k8s.io/v1`; every API server serves it. */
export const LEASES: Resource = {
  group: 'coordination.k8s.io', version: 'v1', kind: 'Lease', plural: 'leases', namespaced: true,
  verbs: ['create', 'delete', 'get', 'list', 'update'], subresources: [],
};

/** On every Lease of ours: the fleet, or a digest of a name that is too long for a label. */
export const FLEET_LABEL = `${GROUP}/lease-of-fleet`;
/** On every Lease of ours: `cluster` or `member`. */
export const ROLE_LABEL = `${GROUP}/lease-role`;
/** On every Lease of ours: the name of the cluster, or the holder that the member is, in full. */
export const SUBJECT_ANNOTATION = `${GROUP}/lease-subject`;

/** `cluster`: says which member works on it. `member`: says that a process lives. */
export type LeaseRole = 'cluster' | 'member';

export interface LeaseSpec {
  /** Empty or absent: nobody. */
  readonly holderIdentity?: string;
  readonly leaseDurationSeconds?: number;
  /** RFC 3339 with microseconds, by the holder's clock: for people; nothing is computed from it. */
  readonly acquireTime?: string;
  readonly renewTime?: string;
  readonly leaseTransitions?: number;
}

/** A Lease as the API server gave it. */
export interface Lease {
  readonly metadata: {
    readonly name: string;
    readonly uid: string;
    readonly resourceVersion: string;
    readonly annotations?: Readonly<Record<string, string>>;
  };
  readonly spec: LeaseSpec;
}

const LONGEST_READABLE = 200;
const LONGEST_LABEL = 63;

/**
 * `flotilla-FLEET-CLUSTER-DIGEST`, `flotilla-FLEET-member-HOLDER-DIGEST`; a DNS subdomain of at most 253 characters.
 *
 * The digest is always there: fleet `a` with cluster `b-c` and fleet `a-b` with cluster `c` would share a Lease, and so would a cluster `member-x` and a
 * member `x`.
 */
export function leaseName(fleet: string, role: LeaseRole, subject: string): string {
  const readable = ['flotilla', fleet, ...role === 'member' ? ['member'] : [], subject].join('-').toLowerCase().replace(/[^a-z0-9]+/g, '-').slice(0, LONGEST_READABLE);
  return `${readable.replace(/-$/, '')}-${digest(JSON.stringify([fleet, role, subject]), 10)}`;
}

/** The value of `FLEET_LABEL`. */
export function fleetLabel(fleet: string): string {
  return fleet.length <= LONGEST_LABEL ? fleet : `${fleet.slice(0, 40).replace(/[^a-z0-9]+$/i, '')}-${digest(fleet, 16)}`;
}

/** The cluster, or the holder, that a Lease is about; undefined for a Lease whose name says something else, which somebody made by hand. */
export function subjectOf(lease: Lease, fleet: string, role: LeaseRole): string | undefined {
  const subject = lease.metadata.annotations?.[SUBJECT_ANNOTATION];
  return subject !== undefined && leaseName(fleet, role, subject) === lease.metadata.name ? subject : undefined;
}

function digest(text: string, length: number): string {
  return createHash('sha256').update(text).digest('hex').slice(0, length);
}
