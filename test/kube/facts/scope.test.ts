import { apiVersionOf } from '../../../lib/kube/resource';
import { isBuiltInGroup, scopeOf } from '../../../lib/synth/scope';
import { describeWithCluster } from '../../control-plane/describe-cluster';
import { RealConnection } from '../real-connection';

describeWithCluster('our table of kinds without a namespace', { everyVersion: true }, context => {
  const real = new RealConnection(context);

  test('is what the server says of every kind in every version, alpha and beta too', () => {
    const { resources } = real.discovery;
    // So many in 1.36 with every gate open: fewer would be a test of less.
    expect(resources.length).toBeGreaterThanOrEqual(95);
    const rows = resources.map(resource => {
      const manifest = { apiVersion: apiVersionOf(resource), kind: resource.kind, metadata: { name: 'x' } };
      return { kind: `${manifest.apiVersion} ${resource.kind}`, scope: scopeOf(manifest, new Map()) };
    });
    expect(rows).toEqual(resources.map(resource => (
      { kind: `${apiVersionOf(resource)} ${resource.kind}`, scope: resource.namespaced ? 'namespace' : 'cluster' }
    )));
  });

  test('knows every group that the server serves by itself', () => {
    const groups = [...new Set(real.discovery.resources.map(({ group }) => group))];
    expect(groups.filter(group => !isBuiltInGroup(group))).toEqual([]);
    expect(groups).toEqual(expect.arrayContaining(['', 'apps', 'resource.k8s.io', 'storagemigration.k8s.io', 'internal.apiserver.k8s.io']));
  });
});
