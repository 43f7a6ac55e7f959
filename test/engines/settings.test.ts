import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { argoCdEnvironment, argoCdObjects } from './argo-cd';
import { artifactStatus, pack } from './flux-source';
import { readManifests } from './install';
import { kustomizeControllerArgs } from './kustomize-controller';
import { temporaryFolder } from '../temporary-folder';

test.each([
  ['as it comes', false, []],
  ['with raised settings', true, ['--kube-api-qps=5000', '--kube-api-burst=5000', '--concurrent=20', '--concurrent-ssa=20']],
])('the kustomize-controller %s listens on loopback alone', (_, raised, more) => {
  expect(kustomizeControllerArgs(1, 2, raised)).toEqual(['--metrics-addr=127.0.0.1:1', '--health-addr=127.0.0.1:2', ...more]);
});

test('every file of Argo CD is in its folder', () => {
  const env = argoCdEnvironment('/work', 'argocd', '/users/admin.kubeconfig', false);
  const paths = Object.entries(env).filter(([name, value]) => value.startsWith('/') && name !== 'KUBECONFIG');
  expect(paths).toHaveLength(7);
  expect(paths.filter(([, path]) => !path.startsWith('/work'))).toEqual([]);
  expect(Object.keys(env)).not.toContain('ARGOCD_K8S_CLIENT_QPS');
  expect(argoCdEnvironment('/work', 'argocd', '/users/admin.kubeconfig', true)).toMatchObject({ ARGOCD_K8S_CLIENT_QPS: '5000' });
});

test('an installation of Argo CD holds its ConfigMaps, a key for its secret, and the project default', () => {
  const folder = temporaryFolder();
  writeFileSync(join(folder, 'b.yaml'), 'apiVersion: v1\nkind: Secret\nmetadata: { name: argocd-secret }\n');
  writeFileSync(join(folder, 'a.yaml'), '---\napiVersion: v1\nkind: ConfigMap\nmetadata: { name: argocd-cm }\n---\napiVersion: v1\nkind: ConfigMap\nmetadata: { name: argocd-rbac-cm }\n');
  expect(argoCdObjects(readManifests(folder))).toMatchObject([
    { kind: 'ConfigMap', metadata: { name: 'argocd-cm' } }, { kind: 'ConfigMap', metadata: { name: 'argocd-rbac-cm' } },
    { kind: 'Secret', stringData: { 'server.secretkey': expect.any(String) } }, { kind: 'AppProject', metadata: { name: 'default' } },
  ]);
});

describe('an artifact for Flux', () => {
  function folderOf(text: string): string {
    const folder = join(temporaryFolder(), 'manifests');
    mkdirSync(folder);
    writeFileSync(join(folder, 'manifests.yaml'), text);
    return folder;
  }

  test('has a revision that follows from its content alone', async () => {
    const revisions = await Promise.all(['one', 'one', 'two'].map(async text => (await pack(folderOf(text))).revision));
    expect(revisions[0]).toMatch(/^main@sha1:[0-9a-f]{40}$/);
    expect(new Set(revisions)).toEqual(new Set([revisions[0], revisions[2]]));
    expect(revisions[1]).toBe(revisions[0]);
  });

  test('is described as the source controller does', () => {
    const repository = { apiVersion: 'source.toolkit.fluxcd.io/v1', kind: 'GitRepository', metadata: { name: 'shop', generation: 3 } };
    const artifact = { tarball: Buffer.from(''), revision: 'main@sha1:da39a3ee5e6b4b0d3255bfef95601890afd80709' };
    expect(artifactStatus(repository, 'http://127.0.0.1:1/shop/1.tar.gz', artifact, new Date('2026-01-02T03:04:05.678Z'))).toMatchObject({
      observedGeneration: 3,
      artifact: {
        url: 'http://127.0.0.1:1/shop/1.tar.gz', path: 'shop/1.tar.gz', revision: artifact.revision, size: 0, lastUpdateTime: '2026-01-02T03:04:05Z',
        digest: 'sha256:e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855',
      },
      conditions: [{ type: 'Ready', status: 'True', observedGeneration: 3 }],
    });
  });
});
