import { setTimeout as sleep } from 'node:timers/promises';
import type { ClusterContext } from './context';
import type { PlanStep } from './plan';
import { isForbidden } from '../kube/classify';
import { apiVersionOf, type Resource, resourcePath } from '../kube/discovery';
import { KubeObject, waitState } from '../kube/health';
import { formatGroupKind, ObjectIdentity } from '../tree/manifest';

/** A definition takes milliseconds; who waits longer waits for a conflict of names or a namespace that is going away. */
const WITHIN_MS = 30_000;

/** Waits until the API serves what was defined; returns what is missing when it does not. */
export async function awaitDefinitions(context: ClusterContext, step: PlanStep): Promise<string | undefined> {
  const { discovery, options: { signal } } = context;
  const missing = await Promise.all(step.objects.map(async ({ object }) => {
    const resource = discovery.find(object.id);
    if (!resource) {
      return `${object.key} is not served`;
    }
    const end = Date.now() + WITHIN_MS;
    for (let delay = 20; ; delay = Math.min(delay * 2, 1000)) {
      const body = await read(context, resource, object.id);
      if (!body) {
        return `${object.key} may not be read`;
      }
      const state = waitState({ ...body, apiVersion: apiVersionOf(resource), kind: object.id.kind });
      if (state === 'Current') {
        return undefined;
      }
      if (state === 'Failed' || Date.now() > end) {
        return `${object.key} is ${state === 'Terminating' ? 'being deleted' : 'not established'}`;
      }
      await sleep(delay, undefined, { signal });
    }
  }));
  if (step.objects.some(({ object }) => formatGroupKind(object.id) === 'CustomResourceDefinition.apiextensions.k8s.io')) {
    await discovery.refresh();
  }
  return missing.find(each => each !== undefined);
}

/** Undefined when a tenant may not read it, though it wrote it. */
async function read({ connection, options: { signal } }: ClusterContext, resource: Resource, id: ObjectIdentity): Promise<KubeObject | undefined> {
  try {
    return (await connection.request<KubeObject>({ method: 'GET', path: resourcePath(resource, id), signal })).body;
  } catch (error) {
    if (connection.as && isForbidden(error)) return undefined;
    throw error;
  }
}
