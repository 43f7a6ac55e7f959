import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Manifest } from '../../lib/tree/manifest';
import type { ControlPlane } from '../../test/control-plane/control-plane';
import { a, WrittenApplication } from '../../test/reconcile/written-tree';
import { temporaryFolder } from '../../test/temporary-folder';
import type { RawInput } from '../reconcile/raw-loop';

/** Applications by their names. */
export type Applications = Readonly<Record<string, WrittenApplication>>;

/** ConfigMaps of 1 KiB, a thousand an application; the first `changed` of each differ by their version. */
export function configMapApplications(size: number, namespace: string, version = '1', changed = 0): Applications {
  const applications = Math.max(1, Math.round(size / 1000));
  const each = Math.round(size / applications);
  return Object.fromEntries(Array.from({ length: applications }, (_, app) => [`app-${app}`, {
    objects: Array.from({ length: each }, (_none, i) => a.configMap(
      `config-${app}-${i}`, { version: i < Math.ceil(changed / applications) ? version : '1', padding: 'x'.repeat(900) }, namespace,
    )),
  }]));
}

/** Applications of a Deployment, a Service, a ServiceAccount and an Ingress. */
export function webApplications(count: number, namespace: string): Applications {
  return Object.fromEntries(Array.from({ length: count }, (_, app) => {
    const name = `web-${app}`;
    return [name, {
      objects: [
        a.deployment(name, undefined, namespace),
        a.service(name, namespace),
        { apiVersion: 'v1', kind: 'ServiceAccount', metadata: { name, namespace } },
        {
          apiVersion: 'networking.k8s.io/v1', kind: 'Ingress', metadata: { name, namespace },
          spec: { rules: [{ host: `${name}.example`, http: { paths: [{ path: '/', pathType: 'Prefix', backend: { service: { name, port: { name: 'http' } } } }] } }] },
        },
      ],
    }];
  }));
}

export function objectsOf(applications: Applications): Manifest[] {
  return Object.values(applications).flatMap(({ objects }) => objects);
}

const PLURALS: Readonly<Record<string, string>> = {
  ConfigMap: 'configmaps', Service: 'services', ServiceAccount: 'serviceaccounts', Deployment: 'deployments', Ingress: 'ingresses',
};

/** Path of an object of a kind that these inputs have. */
export function pathOf({ apiVersion, kind, metadata }: Manifest): string {
  const root = apiVersion.includes('/') ? `/apis/${apiVersion}` : `/api/${apiVersion}`;
  return `${root}/namespaces/${metadata.namespace}/${PLURALS[kind]}/${metadata.name}`;
}

/** The same objects for the raw loop: a file of requests. */
export function writeRequests(plane: ControlPlane, objects: readonly Manifest[]): string {
  const file = join(temporaryFolder(), 'requests.json');
  const bodies = objects.map(object => ({ path: pathOf(object), body: JSON.stringify(object) }));
  writeFileSync(file, JSON.stringify({ url: plane.url, token: plane.token, caFile: plane.caFile, bodies } satisfies RawInput));
  return file;
}

/** The same objects for kubectl: one file. */
export function writeManifests(objects: readonly Manifest[]): string {
  const file = join(temporaryFolder(), 'manifests.yaml');
  writeFileSync(file, objects.map(object => `---\n${JSON.stringify(object)}\n`).join(''));
  return file;
}
