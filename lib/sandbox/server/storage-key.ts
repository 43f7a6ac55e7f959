import type { ServedResource } from '../served-resource';
import { kindOf } from './catalog';

/** Kinds that have an older name in etcd. */
const FOLDERS: Readonly<Record<string, string>> = {
  'replicationcontrollers': 'controllers', 'endpoints': 'services/endpoints', 'services': 'services/specs', 'nodes': 'minions', 'ingresses.networking.k8s.io': 'ingress',
};

/** Where the real server has an object in etcd, which some refusals tell. */
export function storageKey(resource: ServedResource, namespace: string | undefined, name: string): string {
  const { plural, group, definition } = resource;
  const isExtension = definition !== undefined || group === 'apiextensions.k8s.io' || group === 'apiregistration.k8s.io';
  const folder = FOLDERS[kindOf(resource)] ?? (isExtension ? `${group}/${plural}` : plural);
  return `/registry/${folder}/${namespace ? `${namespace}/` : ''}${name}`;
}
