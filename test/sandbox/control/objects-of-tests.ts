import type { JsonMap, StoredObject } from '../../../lib/sandbox/json';

export const SHOP = { apiVersion: 'v1', kind: 'Namespace', metadata: { name: 'shop' } };

/** In the namespace shop, with one container. */
export function workload(kind: string, name: string, image: string, spec: JsonMap = {}, pod: JsonMap = {}): JsonMap {
  return {
    apiVersion: 'apps/v1', kind, metadata: { name, namespace: 'shop' },
    spec: {
      replicas: 1, selector: { matchLabels: { app: name } },
      template: { metadata: { labels: { app: name } }, spec: { containers: [{ name: 'web', image }], ...pod } }, ...spec,
    },
  };
}

export function job(name: string, image: string, spec: JsonMap = {}, pod: JsonMap = {}): JsonMap {
  return {
    apiVersion: 'batch/v1', kind: 'Job', metadata: { name, namespace: 'shop' },
    spec: {
      completions: 1, parallelism: 1, ...spec,
      template: { metadata: { labels: { app: name } }, spec: { restartPolicy: 'Never', containers: [{ name: 'work', image }], ...pod } },
    },
  };
}

/** For a look into any object. */
export function loose(object: StoredObject | undefined): any {
  return object;
}
