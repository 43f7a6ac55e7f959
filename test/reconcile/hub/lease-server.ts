import { ApiError } from '../../../lib/kube/api-error';
import type { KubeRequest } from '../../../lib/kube/connection';

interface StoredLease {
  metadata: { name: string; uid: string; resourceVersion: string; labels?: Record<string, string>; annotations?: Record<string, string> };
  spec: { holderIdentity?: string; leaseTransitions?: number };
}

/** What an API server does with Leases, in memory and at once. `leases.test.ts` holds the same refusals against the real one. */
export class LeaseServer {
  public readonly leases = new Map<string, StoredLease>();
  public readonly seen: { readonly method: string; readonly path: string }[] = [];
  private version = 0;

  public handle(request: KubeRequest): unknown {
    this.seen.push({ method: request.method, path: request.path });
    const name = /\/leases(?:\/([^/]+))?$/.exec(request.path)?.[1];
    const body = structuredClone(request.body) as StoredLease & { preconditions?: { uid: string; resourceVersion: string } };
    switch (request.method) {
      case 'GET': return structuredClone(name === undefined ? this.list(request.query?.labelSelector ?? '') : this.find(request, name));
      case 'POST': return this.create(request, body);
      case 'PUT': return this.update(request, this.current(request, name!, body.metadata), body);
      default:
        this.current(request, name!, body.preconditions!);
        this.leases.delete(name!);
        return { kind: 'Status' };
    }
  }

  /** The holder of a cluster. */
  public holder(cluster: string): string | undefined {
    return [...this.leases.values()].find(lease => lease.metadata.annotations?.['cdk8s-flotilla.dev/lease-subject'] === cluster)?.spec.holderIdentity;
  }

  private list(selector: string): unknown {
    const labels = selector.split(',').map(one => one.split('='));
    return { items: [...this.leases.values()].filter(({ metadata }) => labels.every(([key, value]) => metadata.labels?.[key] === value)) };
  }

  private find(request: KubeRequest, name: string): StoredLease {
    const found = this.leases.get(name);
    if (!found) throw refusal(request, 404, 'NotFound', name);
    return found;
  }

  /** The Lease, if it is the version that is meant. */
  private current(request: KubeRequest, name: string, meant: { readonly uid: string; readonly resourceVersion: string }): StoredLease {
    const found = this.leases.get(name);
    if (!found) throw refusal(request, request.method === 'PUT' ? 409 : 404, request.method === 'PUT' ? 'Conflict' : 'NotFound', name);
    const { uid, resourceVersion } = found.metadata;
    if (meant.uid !== uid || meant.resourceVersion !== resourceVersion) throw refusal(request, 409, 'Conflict', name);
    return found;
  }

  private create(request: KubeRequest, body: StoredLease): StoredLease {
    const { name } = body.metadata;
    if (this.leases.has(name)) throw refusal(request, 409, 'AlreadyExists', name);
    const version = String(++this.version);
    const lease = { ...body, metadata: { ...body.metadata, uid: `uid-${version}`, resourceVersion: version } };
    this.leases.set(name, lease);
    return structuredClone(lease);
  }

  private update(_request: KubeRequest, found: StoredLease, body: StoredLease): StoredLease {
    const lease = { ...body, metadata: { ...body.metadata, resourceVersion: String(++this.version) } };
    this.leases.set(found.metadata.name, lease);
    return structuredClone(lease);
  }
}

function refusal(request: KubeRequest, status: number, reason: string, name: string): ApiError {
  return new ApiError({ status, reason, request, message: `${reason} ${name}`, details: { name, kind: 'leases' }, contentType: 'application/json' });
}
