import { setTimeout as sleep } from 'node:timers/promises';
import { kinds } from './kinds';
import { fingerprint, lookMark, ownedFields } from '../../../lib/kube/fingerprint';
import { getMetadata, type PartialObject } from '../../../lib/kube/metadata';
import { formatGroupKind, identityOf, type Manifest } from '../../../lib/tree/manifest';
import { describeWithCluster } from '../../control-plane/describe-cluster';
import { MANAGER, RealConnection } from '../real-connection';

/** Questions and acts: no object stays. */
const NOT_KEPT = [
  'Binding', 'SelfSubjectReview.authentication.k8s.io', 'TokenReview.authentication.k8s.io', 'LocalSubjectAccessReview.authorization.k8s.io',
  'SelfSubjectAccessReview.authorization.k8s.io', 'SelfSubjectRulesReview.authorization.k8s.io', 'SubjectAccessReview.authorization.k8s.io',
];
/** The same objects as those of the group without a name. */
const ALIASES = ['Event.events.k8s.io'];

const named = kinds.map(({ manifest, counted }) => [formatGroupKind(identityOf(manifest)), manifest, counted] as const);
const namesOf = (counted: boolean) => named.filter(row => row[2] === counted);

describeWithCluster('what the server counts, and what an apply of what is there moves', {}, context => {
  const real = new RealConnection(context);
  const created = new Map<string, PartialObject>();

  const placed = (manifest: Manifest): Manifest => (
    real.resource(manifest).namespaced ? { ...manifest, metadata: { ...manifest.metadata, namespace: 'default' } } : manifest
  );
  const live = async (manifest: Manifest): Promise<PartialObject> => (await getMetadata(real.connection, real.resource(manifest), placed(manifest).metadata))!;

  beforeAll(async () => {
    for (const [name, manifest] of named) created.set(name, await real.apply(placed(manifest)));
    // The time of managedFields has steps of a second; and the server writes the status of a definition or an APIService itself.
    await sleep(1_100);
  });

  test('the tables below hold every kind that the server lets one create', () => {
    const served = new Set(real.discovery.resources.filter(({ verbs }) => verbs.includes('create')).map(formatGroupKind));
    expect([...named.map(([name]) => name), ...NOT_KEPT, ...ALIASES].sort()).toEqual([...served].sort());
  });

  test.each(namesOf(true))('generations are counted: %s', (name, manifest) => {
    const { metadata } = created.get(name)!;
    expect(metadata.generation).toBe(1);
    expect(ownedFields(metadata, MANAGER)).toMatchObject({ apiVersion: manifest.apiVersion, time: expect.any(String) });
    // A version that moves without the generation is a status, which is nobody's drift.
    expect(lookMark({ ...metadata, resourceVersion: '1' }, MANAGER)).toBe(lookMark(metadata, MANAGER));
    expect(lookMark({ ...metadata, generation: 2 }, MANAGER)).not.toBe(lookMark(metadata, MANAGER));
  });

  test.each(namesOf(false))('generations are not counted: %s', (name, manifest) => {
    const { metadata } = created.get(name)!;
    expect(metadata).not.toHaveProperty('generation');
    expect(ownedFields(metadata, MANAGER)).toMatchObject({ apiVersion: manifest.apiVersion, time: expect.any(String) });
    expect(lookMark({ ...metadata, resourceVersion: '1' }, MANAGER)).not.toBe(lookMark(metadata, MANAGER));
  });

  test('an apply of what is there gives a PersistentVolumeClaim another version once, and no other mark', async () => {
    const [, manifest] = named.find(([name]) => name === 'PersistentVolumeClaim')!;
    const [first, second, third] = [await live(manifest), await real.apply(placed(manifest)), await real.apply(placed(manifest))];
    expect(Number(second.metadata.resourceVersion)).toBeGreaterThan(Number(first.metadata.resourceVersion));
    expect({ ...second.metadata, resourceVersion: '' }).toEqual({ ...first.metadata, resourceVersion: '' });
    expect(fingerprint(second.metadata, MANAGER)).toBe(fingerprint(first.metadata, MANAGER));
    expect(third).toEqual(second);
  });

  test.each(named)('an apply of what is there moves neither version nor time nor fields: %s', async (_, manifest) => {
    const before = await live(manifest);
    expect(await real.apply(placed(manifest))).toEqual(before);
    expect(await live(manifest)).toEqual(before);
  });

  test('the status that the server gives a definition moves its version, and no mark of ours', async () => {
    const name = 'CustomResourceDefinition.apiextensions.k8s.io';
    const first = created.get(name)!.metadata;
    const { metadata } = await live(named.find(row => row[0] === name)![1]);
    expect(Number(metadata.resourceVersion)).toBeGreaterThan(Number(first.resourceVersion));
    expect(metadata.managedFields?.map(({ manager, subresource }) => [manager, subresource])).toEqual([[MANAGER, undefined], ['kube-apiserver', 'status']]);
    expect([fingerprint, lookMark].map(mark => mark(metadata, MANAGER))).toEqual([fingerprint, lookMark].map(mark => mark(first, MANAGER)));
  });
});
