import { ApiError } from '../../../lib/kube/api-error';
import type { Connection, KubeReply, KubeRequest } from '../../../lib/kube/connection';
import { Discovery } from '../../../lib/kube/discovery';
import { FIELD_MANAGER, PART_OF_LABEL } from '../../../lib/reconcile/applyset';

/** Answers as the test says; what it does not answer is not there. */
export type Answer = (request: KubeRequest) => unknown;

/** A cluster that is nothing but its answers: for what a real one cannot be brought to do at a chosen moment. */
export function fakeConnection(answer: Answer, watch: Connection['watch'] = () => silent()): Connection & { readonly sent: string[] } {
  const sent: string[] = [];
  return {
    name: 'fake', server: 'https://fake', requests: { total: 0, writes: 0 }, sent, watch,
    request: async <T>(request: KubeRequest): Promise<KubeReply<T>> => {
      const served = DISCOVERY[request.path];
      if (served === undefined) sent.push(`${request.method} ${request.path}`);
      const body = served ?? await answer(request);
      if (body === undefined) {
        const name = request.path.split('/').at(-1);
        throw new ApiError({ status: 404, reason: 'NotFound', message: 'not found', details: { name, kind: 'configmaps' }, request, contentType: 'application/json' });
      }
      return { status: 200, body: body as T, headers: {} };
    },
    close: async () => undefined,
  };
}

export async function discoveryOf(connection: Connection): Promise<Discovery> {
  return Discovery.load(connection);
}

/** An object as our apply leaves it. */
export function applied(name: string, uid: string, setId: string, more: object = {}): object {
  return {
    metadata: {
      name, namespace: 'shop', uid, resourceVersion: '7', labels: { [PART_OF_LABEL]: setId },
      managedFields: [{ manager: FIELD_MANAGER, operation: 'Apply', apiVersion: 'v1', time: '2026-01-01T00:00:00Z', fieldsType: 'FieldsV1', fieldsV1: { 'f:data': {} } }],
      ...more,
    },
  };
}

async function* silent(): AsyncGenerator<never> {
  await new Promise(() => undefined);
}

function resource(name: string, kind: string, namespaced = true): object {
  return { resource: name, responseKind: { kind }, scope: namespaced ? 'Namespaced' : 'Cluster', verbs: ['get', 'list', 'watch', 'patch', 'delete'] };
}

const DISCOVERY: Readonly<Record<string, unknown>> = {
  '/api': { kind: 'APIGroupDiscoveryList', items: [{ metadata: {}, versions: [{ version: 'v1', resources: [resource('configmaps', 'ConfigMap'), resource('namespaces', 'Namespace', false)] }] }] },
  '/apis': { kind: 'APIGroupDiscoveryList', items: [{ metadata: { name: 'cdk8s-flotilla.dev' }, versions: [{ version: 'v1alpha1', resources: [resource('deliveries', 'Delivery')] }] }] },
  '/version': { gitVersion: 'v1.36.3' },
};
