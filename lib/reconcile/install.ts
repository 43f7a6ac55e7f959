import { createHash } from 'node:crypto';
import { setTimeout as sleep } from 'node:timers/promises';
import { FlotillaError } from '../errors';
import { FIELD_MANAGER } from './applyset';
import { canonicalJson } from './canonical';
import { deliveryCrd } from './crd';
import { applyObject } from '../kube/apply';
import type { Connection } from '../kube/connection';
import type { Discovery, Resource } from '../kube/discovery';
import { getMetadata } from '../kube/metadata';
import type { Manifest } from '../tree/manifest';
import { GROUP } from '../tree/names';

/** On what we install: hash of the manifest, so that an upgrade of ours is noticed with one read. */
const HASH_ANNOTATION = `${GROUP}/hash`;
const SERVED_WITHIN_MS = 15_000;

/**
 * Makes sure that the cluster has the namespace and the kind of the Deliveries; writes only what is missing or older. Gives the uid of the namespace, which
 * no other cluster has.
 */
export async function installDeliveries(connection: Connection, discovery: Discovery, namespace: string, signal?: AbortSignal): Promise<string> {
  const wanted: Manifest[] = [{ apiVersion: 'v1', kind: 'Namespace', metadata: { name: namespace } }, markedDeliveryCrd()];
  const [uid] = await Promise.all(wanted.map(async manifest => {
    const resource = find(discovery, manifest);
    const live = await getMetadata(connection, resource, manifest.metadata, { signal });
    // A namespace that is there is somebody's: it is enough.
    if (live && (manifest.kind === 'Namespace' || live.metadata.annotations?.[HASH_ANNOTATION] === manifest.metadata.annotations?.[HASH_ANNOTATION])) {
      return live.metadata.uid;
    }
    const { metadata } = await applyObject(connection, resource, manifest, { fieldManager: FIELD_MANAGER, force: true, accept: 'metadata', signal });
    return metadata.uid;
  }));
  const end = Date.now() + SERVED_WITHIN_MS;
  for (let delay = 20; !discovery.find({ group: GROUP, kind: 'Delivery' }) && Date.now() < end; delay = Math.min(delay * 2, 500)) {
    await sleep(delay, undefined, { signal });
    await discovery.refresh();
  }
  return uid;
}

/** The kind of the Deliveries as it is installed: whoever applies this saves the reconciler its own write. */
export function markedDeliveryCrd(): Manifest {
  const manifest = deliveryCrd();
  const hash = createHash('sha256').update(canonicalJson(manifest)).digest('hex').slice(0, 12);
  return { ...manifest, metadata: { ...manifest.metadata, annotations: { [HASH_ANNOTATION]: hash } } };
}

function find(discovery: Discovery, manifest: Manifest): Resource {
  const [group, kind] = [manifest.apiVersion.includes('/') ? manifest.apiVersion.split('/')[0] : '', manifest.kind];
  const resource = discovery.find({ group, kind });
  if (!resource) {
    throw new FlotillaError('FLT5104', {
      what: `the cluster does not serve ${kind} in ${manifest.apiVersion}`,
      fix: 'check that the context leads to a Kubernetes API server of version 1.29 or later',
    });
  }
  return resource;
}
