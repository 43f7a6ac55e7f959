import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { KillingProxy } from './killing-proxy';
import { a, writeTree } from './written-tree';
import { applyFleet } from '../../lib/reconcile/apply';
import { RELEASED_MANAGER } from '../../lib/reconcile/release';
import { FolderSource } from '../../lib/tree/folder-source';
import type { Manifest } from '../../lib/tree/manifest';
import { describeWithCluster } from '../control-plane/describe-cluster';
import { temporaryFolder } from '../temporary-folder';

const ignore = [{ kind: 'Deployment', group: 'apps', fields: ['spec.replicas'] }];

function deployment(ns: string, replicas: number | undefined, image: string): Manifest {
  const manifest = structuredClone(a.deployment('web', image, ns)) as Manifest & { spec: { replicas?: number } };
  if (replicas === undefined) delete manifest.spec.replicas;
  else manifest.spec.replicas = replicas;
  return manifest;
}

describeWithCluster('an apply that gives fields up and is stopped', { clusters: ['one'] }, context => {
  let proxy: KillingProxy;
  let kubeconfig: string;
  beforeAll(async () => {
    proxy = await KillingProxy.start(context.plane);
    kubeconfig = join(temporaryFolder(), 'kubeconfig');
    writeFileSync(kubeconfig, JSON.stringify({
      'apiVersion': 'v1', 'kind': 'Config', 'current-context': 'one',
      'clusters': [{ name: 'one', cluster: { server: proxy.url } }],
      'users': [{ name: 'admin', user: { token: context.plane.token } }],
      'contexts': [{ name: 'one', context: { cluster: 'one', user: 'admin' } }],
    }));
  });
  afterAll(() => proxy.stop());

  const folder = (ns: string, object: Manifest, spec: object = {}) => (
    writeTree({ one: { web: { objects: [a.namespace(ns), object], spec } } }, { fleet: ns, namespace: `flotilla-${ns}` })
  );
  const apply = async (path: string, signal?: AbortSignal) => (await applyFleet({ source: new FolderSource(path), kubeconfig, signal })).clusters[0];
  const live = (ns: string) => context.kube.tryGet(`/apis/apps/v1/namespaces/${ns}/deployments/web`);

  /** Stops a run after each of its requests in turn, in a namespace of its own each, until one is through. */
  async function stopEverywhere(prefix: string, prepare: (ns: string) => Promise<string>, check: (ns: string) => Promise<void>): Promise<number> {
    for (let number = 1; ; number++) {
      const ns = `${prefix}-${number}`;
      const wanted = await prepare(ns);
      const stop = new AbortController();
      proxy.arm({ number, moment: 'after', strike: () => stop.abort() });
      await apply(wanted, stop.signal).catch(() => undefined);
      proxy.arm();
      await check(ns);
      const again = await apply(wanted);
      expect([ns, again.error, again.targets.map(({ outcome }) => outcome)]).toEqual([ns, undefined, [expect.stringMatching(/^(applied|unchanged)$/)]]);
      await check(ns);
      const owners = (await live(ns))?.metadata.managedFields?.filter(({ fieldsV1 }) => JSON.stringify(fieldsV1).includes('"f:replicas":{}') && !JSON.stringify(fieldsV1).includes('f:readyReplicas'));
      expect([ns, owners?.map(({ manager }) => manager)]).toEqual([ns, [RELEASED_MANAGER]]);
      expect([ns, (await apply(wanted)).requests.writes]).toEqual([ns, 0]);
      if (!stop.signal.aborted) {
        return number;
      }
    }
  }

  test('after any request never loses the value, and goes on', async () => {
    const runs = await stopEverywhere('release', async ns => {
      await apply(folder(ns, deployment(ns, 5, 'registry.example/web:1')));
      return folder(ns, deployment(ns, undefined, 'registry.example/web:2'), { ignore });
    }, async ns => {
      expect([ns, (await live(ns))?.spec.replicas]).toEqual([ns, 5]);
    });
    expect(runs).toBeGreaterThan(8);
  });

  test('after any request of a creation has the value of the file', async () => {
    const runs = await stopEverywhere('create', ns => Promise.resolve(folder(ns, deployment(ns, 5, 'registry.example/web:1'), { ignore })), async ns => {
      expect([ns, (await live(ns))?.spec.replicas ?? 5]).toEqual([ns, 5]);
    });
    expect(runs).toBeGreaterThan(10);
  });
});
