import { randomUUID } from 'node:crypto';
import type { JsonMap, StoredObject } from '../json';
import { kindOf } from './catalog';
import type { Cluster } from './cluster';
import { builtinSchemas } from '../schema/builtin-schemas';
import { groupVersionOf } from '../served-resource';
import { timestamp } from '../timestamp';

let objects: readonly JsonMap[] | undefined;

/**
 * Fills a new cluster with what a real one has when it is ready: namespaces, the Service `kubernetes`, RBAC, flow control and so on.
 * What does not differ is shared by all clusters.
 */
export function seed(cluster: Cluster, port: number): void {
  objects ??= builtinSchemas().objects;
  const resources = new Map(cluster.catalog.list().map(resource => [`${groupVersionOf(resource)} ${resource.kind}`, resource]));
  const creationTimestamp = timestamp(cluster.now());
  for (const object of objects) {
    const resource = resources.get(`${String(object.apiVersion)} ${String(object.kind)}`);
    if (!resource) continue;
    const metadata = { ...object.metadata as JsonMap, uid: randomUUID(), creationTimestamp };
    const seeded = { ...object, metadata } as unknown as StoredObject;
    cluster.store.put(kindOf(resource), object.kind === 'Service' && seeded.metadata.name === 'kubernetes' ? withPort(seeded, port) : seeded);
  }
  // Nobody watched it come.
  cluster.store.compact();
}

function withPort(service: StoredObject, port: number): StoredObject {
  const spec = service.spec as JsonMap;
  return { ...service, spec: { ...spec, ports: (spec.ports as JsonMap[]).map(each => ({ ...each, targetPort: port })) } };
}
