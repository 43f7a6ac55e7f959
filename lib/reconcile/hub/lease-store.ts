import type { Clock } from './clock';
import { FLEET_LABEL, fleetLabel, type Lease, leaseName, type LeaseRole, LEASES, type LeaseSpec, ROLE_LABEL, SUBJECT_ANNOTATION } from './lease';
import { isAlreadyGone, isStale } from '../../kube/classify';
import type { Connection, KubeRequest } from '../../kube/connection';
import { resourcePath } from '../../kube/resource';

export interface LeaseStoreOptions {
  readonly connection: Connection;
  readonly clock: Clock;
  readonly namespace: string;
  readonly fleet: string;
  /** For a request with all its retries, in milliseconds. */
  readonly timeoutMs: number;
}

/**
 * The Leases of one fleet on the API server.
 *
 * Every change names the version (and the uid) that it replaces, so that of two who change a Lease only one succeeds, however late a request arrives. Without
 * the uid, an update of a Lease that was deleted would create it again: the API server allows that for this kind.
 */
export class LeaseStore {
  constructor(private readonly options: LeaseStoreOptions) {}

  /** Of one role. @throws ApiError */
  public async list(role: LeaseRole): Promise<Lease[]> {
    const labelSelector = `${FLEET_LABEL}=${fleetLabel(this.options.fleet)},${ROLE_LABEL}=${role}`;
    const { items } = await this.send<{ items: Lease[] | null }>({ method: 'GET', path: this.path(), query: { labelSelector } });
    return items ?? [];
  }

  /** Undefined when there is none. @throws ApiError */
  public async tryRead(role: LeaseRole, subject: string): Promise<Lease | undefined> {
    try {
      return await this.send<Lease>({ method: 'GET', path: this.path(leaseName(this.options.fleet, role, subject)) });
    } catch (error) {
      if (isAlreadyGone(error)) return undefined;
      throw error;
    }
  }

  /** @throws ApiError, `isAlreadyExists` when there is one */
  public async create(role: LeaseRole, subject: string, spec: LeaseSpec): Promise<Lease> {
    const metadata = {
      name: leaseName(this.options.fleet, role, subject),
      namespace: this.options.namespace,
      labels: { [FLEET_LABEL]: fleetLabel(this.options.fleet), [ROLE_LABEL]: role },
      annotations: { [SUBJECT_ANNOTATION]: subject },
    };
    return this.send<Lease>({ method: 'POST', path: this.path(), body: { apiVersion: 'coordination.k8s.io/v1', kind: 'Lease', metadata, spec } });
  }

  /** Changes some fields of the spec of the Lease, if it is still the one that was read. @throws ApiError, `isOvertaken` when it is not */
  public async update(lease: Lease, spec: LeaseSpec): Promise<Lease> {
    const body = { ...lease, apiVersion: 'coordination.k8s.io/v1', kind: 'Lease', spec: { ...lease.spec, ...spec } };
    return this.send<Lease>({ method: 'PUT', path: this.path(lease.metadata.name), body });
  }

  /** Deletes it, if it is still the one that was read. @throws ApiError, `isOvertaken` when it is not */
  public async remove(lease: Lease): Promise<void> {
    const { name, uid, resourceVersion } = lease.metadata;
    const body = { apiVersion: 'v1', kind: 'DeleteOptions', preconditions: { uid, resourceVersion } };
    await this.send({ method: 'DELETE', path: this.path(name), body });
  }

  private path(name?: string): string {
    return resourcePath(LEASES, { namespace: this.options.namespace, name });
  }

  private async send<T>(request: KubeRequest): Promise<T> {
    const { connection, clock, timeoutMs } = this.options;
    const deadline = new AbortController();
    // `timeoutMs` of a request is for one try, and a connection may try again for half a minute.
    const cancel = clock.after(timeoutMs, () => deadline.abort());
    try {
      return (await connection.request<T>({ ...request, timeoutMs, signal: deadline.signal })).body;
    } finally {
      cancel();
    }
  }
}

/** Somebody else changed or removed the Lease first. */
export function isOvertaken(error: unknown): boolean {
  return isStale(error) || isAlreadyGone(error);
}

/** As the field is written: with microseconds. */
export function microTime(milliseconds: number): string {
  return new Date(milliseconds).toISOString().replace('Z', '000Z');
}
