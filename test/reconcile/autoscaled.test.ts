import { autoscaled } from '../../lib/reconcile/autoscaled';
import { DesiredObject } from '../../lib/reconcile/desired';
import { HeldManifest } from '../../lib/tree/held-manifest';
import type { Manifest } from '../../lib/tree/manifest';

const scaler = (apiVersion: string, kind: string, scaleTargetRef: unknown): Manifest => ({ apiVersion, kind, metadata: { name: 's', namespace: 'shop' }, spec: { scaleTargetRef } });

test.each<[string, Manifest, string[]]>([
  ['a Deployment', scaler('autoscaling/v2', 'HorizontalPodAutoscaler', { apiVersion: 'apps/v1', kind: 'Deployment', name: 'web' }), ['Deployment.apps/shop/web']],
  ['a StatefulSet, by the first version', scaler('autoscaling/v1', 'HorizontalPodAutoscaler', { apiVersion: 'apps/v1', kind: 'StatefulSet', name: 'db' }), ['StatefulSet.apps/shop/db']],
  ['a custom kind', scaler('autoscaling/v2', 'HorizontalPodAutoscaler', { apiVersion: 'argoproj.io/v1alpha1', kind: 'Rollout', name: 'web' }), ['Rollout.argoproj.io/shop/web']],
  ['what KEDA scales', scaler('keda.sh/v1alpha1', 'ScaledObject', { name: 'web' }), ['Deployment.apps/shop/web']],
  ['a kind that KEDA is told', scaler('keda.sh/v1alpha1', 'ScaledObject', { apiVersion: 'apps/v1', kind: 'StatefulSet', name: 'db' }), ['StatefulSet.apps/shop/db']],
  ['nothing by an autoscaler that names no kind', scaler('autoscaling/v2', 'HorizontalPodAutoscaler', { name: 'web' }), []],
  ['nothing by one that is malformed', scaler('autoscaling/v2', 'HorizontalPodAutoscaler', 'web'), []],
  ['nothing by a namesake of another group', scaler('example.com/v1', 'HorizontalPodAutoscaler', { apiVersion: 'apps/v1', kind: 'Deployment', name: 'web' }), []],
])('%s', (_title, manifest, keys) => {
  expect([...autoscaled([new HeldManifest(manifest)])]).toEqual(keys);
});

test('what is given up changes the manifest and the hash of that object, and of no other', () => {
  const file = (name: string) => ({ path: name, blob: 'abcdef0123456789', manifest: new HeldManifest({ apiVersion: 'apps/v1', kind: 'Deployment', metadata: { name, namespace: 'shop' }, spec: { replicas: 3, paused: false } }) });
  const sources = { autoscaled: new Set(['Deployment.apps/shop/web']) };
  const [plain, web, other] = [new DesiredObject(file('web'), 'set'), new DesiredObject(file('web'), 'set', sources), new DesiredObject(file('other'), 'set', sources)];
  expect(web.asApplied().spec).toEqual({ paused: false });
  expect(web.asCreated().spec).toEqual({ replicas: 3, paused: false });
  expect(web.hash).toMatch(/^[0-9a-f]{12}$/);
  expect([plain.hash, other.hash, other.ignored]).toEqual(['abcdef012345', 'abcdef012345', []]);
  const bySpec = new DesiredObject(file('web'), 'set', { rules: [{ kind: 'Deployment', fields: ['spec.replicas'] }] });
  expect([web.hash === plain.hash, bySpec.hash === web.hash]).toEqual([false, true]);
});
