import { MANAGER, type Cluster } from './cluster';
import { replaceCondition } from './conditions';
import type { Controller } from './controller';
import type { Condition, Kubernetes, Meta } from './objects';
import type { StoreEvent } from '../api';
import { resourceName } from '../served-resource';

type Namespace = Kubernetes<{ finalizers?: string[] }, { phase?: string; conditions?: Condition[] }>;

const ROOT_CERTIFICATE = 'kube-root-ca.crt';

/** Gives each namespace what it is never without: the ServiceAccount `default` and the ConfigMap with the certificate authority. */
export const namespaceDefaults: Controller = {
  name: 'namespace-defaults',
  on: {
    namespaces: event => (event.type === 'DELETED' ? [] : [event.object.metadata.name]),
    serviceaccounts: event => replaced(event, 'default'),
    configmaps: event => replaced(event, ROOT_CERTIFICATE),
  },

  reconcile(cluster, name) {
    const namespace = cluster.find<Namespace>('namespaces', undefined, name);
    if (!namespace || isTerminating(namespace)) return;
    if (!cluster.find('serviceaccounts', name, 'default')) {
      cluster.create('serviceaccounts', { apiVersion: 'v1', kind: 'ServiceAccount', metadata: { name: 'default', namespace: name } });
    }
    const data = { 'ca.crt': cluster.options.rootCertificate };
    const present = cluster.find<Kubernetes & { data?: Record<string, string> }>('configmaps', name, ROOT_CERTIFICATE);
    if (!present) {
      cluster.create('configmaps', {
        apiVersion: 'v1',
        kind: 'ConfigMap',
        metadata: {
          name: ROOT_CERTIFICATE,
          namespace: name,
          annotations: {
            'kubernetes.io/description': 'Contains a CA bundle that can be used to verify the kube-apiserver when using internal endpoints such as the internal service IP '
              + 'or kubernetes.default.svc. No other usage is guaranteed across distributions of Kubernetes clusters.',
          },
        },
        data,
      });
    } else if (present.data?.['ca.crt'] !== data['ca.crt'] || Object.keys(present.data).length > 1) {
      cluster.update('configmaps', { ...present, data } as Kubernetes, MANAGER);
    }
  },
};

/** The namespace of an object of that name that is not as it was made. */
function replaced({ type, object }: StoreEvent, name: string): string[] {
  return type !== 'ADDED' && object.metadata.name === name ? [object.metadata.namespace!] : [];
}

function isTerminating({ metadata, status }: Namespace): boolean {
  return metadata.deletionTimestamp !== undefined || status?.phase === 'Terminating';
}

/** Empties a namespace that is deleted, tells in its conditions what holds it, and lets it go. */
export const namespaceDeletion: Controller = {
  name: 'namespace-deletion',
  on: {
    'namespaces': (event, cluster) => {
      const namespace = event.object as unknown as Namespace;
      const terminates = event.type !== 'DELETED' && isTerminating(namespace);
      cluster.terminatingNamespaces[terminates ? 'add' : 'delete'](namespace.metadata.name);
      return terminates ? [namespace.metadata.name] : [];
    },
    '*': ({ object }, cluster) => {
      const { namespace } = object.metadata as unknown as Meta;
      return namespace !== undefined && cluster.terminatingNamespaces.has(namespace) ? [namespace] : [];
    },
  },

  reconcile(cluster, name) {
    const namespace = cluster.find<Namespace>('namespaces', undefined, name);
    if (!namespace || !isTerminating(namespace)) return;
    const { finalizers = [] } = namespace.spec;
    if (!finalizers.includes('kubernetes')) return;
    deleteContent(cluster, name);
    const left = findContent(cluster, name);
    if (left.length > 0) {
      const conditions = describeContent(left).reduce((all, each) => replaceCondition(all, each, cluster.timestamp), namespace.status?.conditions ?? []);
      cluster.updateStatus('namespaces', namespace, { ...namespace.status, conditions });
      return;
    }
    const latest = cluster.find<Namespace>('namespaces', undefined, name) ?? namespace;
    cluster.update('namespaces', { ...latest, spec: { ...latest.spec, finalizers: finalizers.filter(each => each !== 'kubernetes') } }, MANAGER, 'finalize');
  },
};

function contentResources(cluster: Cluster): string[] {
  return cluster.api.resources().filter(({ namespaced, verbs }) => namespaced && verbs.includes('delete') && verbs.includes('list')).map(resourceName);
}

function deleteContent(cluster: Cluster, namespace: string): void {
  for (const resource of contentResources(cluster)) {
    for (const object of [...cluster.list(resource, namespace)]) {
      if (object.metadata.deletionTimestamp === undefined) cluster.delete(resource, object.metadata, { propagationPolicy: 'Background' });
    }
  }
}

interface Content {
  readonly resource: string;
  readonly objects: readonly Kubernetes[];
}

function findContent(cluster: Cluster, namespace: string): Content[] {
  return contentResources(cluster).map(resource => ({ resource, objects: [...cluster.list(resource, namespace)] })).filter(({ objects }) => objects.length > 0);
}

/** In the words of the real controller. */
function describeContent(content: readonly Content[]): Condition[] {
  const byFinalizer = new Map<string, number>();
  for (const { objects } of content) {
    for (const { metadata } of objects) for (const each of metadata.finalizers ?? []) byFinalizer.set(each, (byFinalizer.get(each) ?? 0) + 1);
  }
  // The real one writes group and plural with a point between them, also without a group.
  const remaining = content.map(({ resource, objects }) => `${resource.includes('.') ? resource : `${resource}.`} has ${objects.length} resource instances`).sort();
  const holding = [...byFinalizer].map(([finalizer, count]) => `${finalizer} in ${count} resource instances`).sort();
  return [
    { type: 'NamespaceDeletionDiscoveryFailure', status: 'False', reason: 'ResourcesDiscovered', message: 'All resources successfully discovered' },
    { type: 'NamespaceDeletionGroupVersionParsingFailure', status: 'False', reason: 'ParsedGroupVersions', message: 'All legacy kube types successfully parsed' },
    {
      type: 'NamespaceDeletionContentFailure', status: 'False', reason: 'ContentDeleted', message: 'All content successfully deleted, may be waiting on finalization',
    },
    {
      type: 'NamespaceContentRemaining', status: 'True', reason: 'SomeResourcesRemain', message: `Some resources are remaining: ${remaining.join(', ')}`,
    },
    holding.length > 0 ? {
      type: 'NamespaceFinalizersRemaining', status: 'True', reason: 'SomeFinalizersRemain',
      message: `Some content in the namespace has finalizers remaining: ${holding.join(', ')}`,
    } : { type: 'NamespaceFinalizersRemaining', status: 'False', reason: 'ContentHasNoFinalizers', message: 'All content-preserving finalizers finished' },
  ];
}
