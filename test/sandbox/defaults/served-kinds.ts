import type { ServedResource } from '../../../lib/sandbox/served-resource';
import type { KubeClient } from '../../control-plane/client';

interface Discovered {
  readonly name: string;
  readonly singularName: string;
  readonly kind: string;
  readonly namespaced: boolean;
  readonly verbs: readonly string[];
}

/** The built-in kinds of a real server, each with the name of its schema alone: `apps/v1 Deployment`. */
export async function readServedKinds(kube: KubeClient): Promise<Map<string, ServedResource>> {
  const { groups } = await kube.get('/apis') as unknown as { groups: { versions: { groupVersion: string }[] }[] };
  const versions = ['v1', ...groups.flatMap(group => group.versions.map(({ groupVersion }) => groupVersion))];
  const kinds = new Map<string, ServedResource>();
  for (const groupVersion of versions) {
    const [version, group = ''] = groupVersion.split('/').reverse();
    const { resources } = await kube.get(group ? `/apis/${groupVersion}` : '/api/v1') as unknown as { resources: Discovered[] };
    for (const { name, singularName, kind, namespaced, verbs } of resources.filter(resource => !resource.name.includes('/'))) {
      const subresources = resources.filter(resource => resource.name.startsWith(`${name}/`))
        .map(resource => ({ name: resource.name.slice(name.length + 1), group, version, kind: resource.kind, verbs: resource.verbs }));
      const schema = { name: `${schemaPackage(group)}.${version}.${kind}` };
      kinds.set(`${groupVersion} ${kind}`, {
        group, version, kind, listKind: `${kind}List`, plural: name, singular: singularName, shortNames: [], categories: [], namespaced, verbs, subresources, storage: groupVersion, schema,
      });
    }
  }
  return kinds;
}

function schemaPackage(group: string): string {
  switch (group) {
    case 'apiextensions.k8s.io': return 'io.k8s.apiextensions-apiserver.pkg.apis.apiextensions';
    case 'apiregistration.k8s.io': return 'io.k8s.kube-aggregator.pkg.apis.apiregistration';
    default: return `io.k8s.api.${group.split('.')[0] || 'core'}`;
  }
}

/** Where objects of a kind are created. */
export function collectionPath({ group, version, plural, namespaced }: ServedResource, namespace = 'default'): string {
  return `${group ? `/apis/${group}` : '/api'}/${version}${namespaced ? `/namespaces/${namespace}` : ''}/${plural}`;
}
