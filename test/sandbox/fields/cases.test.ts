import { FieldManager } from '../../../lib/sandbox/fields/field-manager';
import { defaultManager } from '../../../lib/sandbox/fields/manager-name';
import { ScaleFields } from '../../../lib/sandbox/fields/scale-fields';
import { withoutNewTimes } from '../../../lib/sandbox/fields/times';
import type { JsonMap } from '../../../lib/sandbox/json';
import { builtinSchemas } from '../../../lib/sandbox/schema/builtin-schemas';
import { definedResources } from '../../../lib/sandbox/schema/definition';
import type { ServedResource } from '../../../lib/sandbox/served-resource';
import { StatusError } from '../../../lib/sandbox/status-error';
import { describeWithCluster } from '../../control-plane/describe-cluster';
import { waitUntil } from '../../control-plane/wait-until';
import { widget } from '../schema/definitions';

type Data = Record<string, any>;

const APPLY = { 'content-type': 'application/apply-patch+yaml' };
const resources: readonly ServedResource[] = [...builtinSchemas().resources, ...definedResources(widget)];

function managerOf(plural: string, apiVersion: string): FieldManager {
  const versions = resources.filter(each => each.plural === plural);
  return new FieldManager(versions.find(each => (each.group ? `${each.group}/${each.version}` : each.version) === apiVersion)!, versions);
}

function entries(object: Data): Data[] {
  return ((object.metadata.managedFields ?? []) as Data[]).map(({ time: _, fieldsV1, ...entry }) => ({ ...entry, fieldsV1: JSON.stringify(fieldsV1) }));
}

function refusal(run: () => unknown): Data {
  try {
    return { accepted: run() };
  } catch (e) {
    if (e instanceof StatusError) return e.toStatus();
    throw e;
  }
}

const configMap = (name: string, { metadata, ...rest }: Data = {}): Data => ({
  apiVersion: 'v1', kind: 'ConfigMap', metadata: { name, namespace: 'default', ...metadata }, ...rest,
});
const podTemplate = { metadata: { labels: { app: 'a' } }, spec: { containers: [{ name: 'a', image: 'web:1' }] } };
const deployment = (name: string, spec: Data = {}): Data => ({
  apiVersion: 'apps/v1', kind: 'Deployment', metadata: { name, namespace: 'default' }, spec: { selector: { matchLabels: { app: 'a' } }, template: podTemplate, ...spec },
});
const aWidget = (name: string, spec: Data): Data => ({ apiVersion: 'example.com/v1', kind: 'Widget', metadata: { name, namespace: 'default' }, spec });

describeWithCluster('field management, case by case as the real server has it', {}, context => {
  const request = async (method: string, path: string, body?: unknown, headers?: Record<string, string>): Promise<Data> =>
    (await context.kube.request(method, path, body, headers)).body as Data;
  const path = (plural: string, apiVersion: string) => `/api${apiVersion.includes('/') ? 's' : ''}/${apiVersion}/namespaces/default/${plural}`;

  beforeAll(async () => {
    await context.kube.create(widget as never);
    await waitUntil('custom resources are served', async () => context.kube.get('/apis/example.com/v1/widgets'));
  });

  describe('a configuration that is not as the schema has it is refused in the same words', () => {
    test.each<[string, string, string, Data]>([
      ['an unknown field', 'deployments', 'apps/v1', deployment('x', { foo: 1 })],
      ['an unknown field, in a configuration without a namespace', 'deployments', 'apps/v1', { ...deployment('x', { foo: 1 }), metadata: { name: 'x' } }],
      ['an unknown field in a container', 'deployments', 'apps/v1', deployment('x', { template: { spec: { containers: [{ name: 'a', foo: 1 }] } } })],
      ['a number for a string', 'configmaps', 'v1', configMap('x', { data: { a: 1 } })],
      ['a fraction for a string', 'configmaps', 'v1', configMap('x', { data: { a: 1.5 } })],
      ['a truth for a string', 'configmaps', 'v1', configMap('x', { data: { a: true } })],
      ['a map for a string', 'configmaps', 'v1', configMap('x', { data: { a: { b: 'c', d: [1] } } })],
      ['a string for a number', 'deployments', 'apps/v1', deployment('x', { replicas: '3' })],
      ['a string for a truth', 'deployments', 'apps/v1', deployment('x', { paused: 'yes' })],
      ['a list for a map', 'configmaps', 'v1', { ...configMap('x'), data: ['a'] }],
      ['a map for a list', 'deployments', 'apps/v1', deployment('x', { template: { spec: { containers: { name: 'a' } } } })],
      ['a string for a list', 'deployments', 'apps/v1', deployment('x', { template: { spec: { containers: 'a' } } })],
      ['two items with one key', 'deployments', 'apps/v1', deployment('x', { template: { spec: { containers: [{ name: 'a' }, { name: 'a' }] } } })],
      ['two ports with one key, by default', 'deployments', 'apps/v1', deployment('x', {
        template: { spec: { containers: [{ name: 'a', ports: [{ containerPort: 80 }, { containerPort: 80, protocol: 'TCP' }] }] } },
      })],
      ['a value twice in a set', 'configmaps', 'v1', configMap('x', { metadata: { finalizers: ['a/b', 'a/b'] } })],
      ['null as an item with a key', 'widgets', 'example.com/v1', aWidget('x', { parts: [null] })],
      ['a scalar as an item with a key', 'widgets', 'example.com/v1', aWidget('x', { parts: ['a'] })],
      ['null in a set', 'widgets', 'example.com/v1', aWidget('x', { tags: [null] })],
      ['a map in a set', 'widgets', 'example.com/v1', aWidget('x', { tags: [{}] })],
      ['a list in a set', 'widgets', 'example.com/v1', aWidget('x', { tags: [[]] })],
      ['an unknown field of a custom resource', 'widgets', 'example.com/v1', aWidget('x', { foo: 1 })],
      ['its own managedFields', 'configmaps', 'v1', configMap('x', { metadata: { managedFields: [] } })],
    ])('%s', async (_, plural, apiVersion, applied) => {
      const theirs = await request('PATCH', `${path(plural, apiVersion)}/x?fieldManager=a`, applied, APPLY);
      const ours = refusal(() => managerOf(plural, apiVersion).apply({ applied: applied as JsonMap, manager: 'a', now: new Date() }));
      expect({ code: ours.code, reason: ours.reason, message: ours.message }).toEqual({ code: theirs.code, reason: theirs.reason, message: theirs.message });
    });
  });

  test('the updaters beyond the tenth become one, version by version', async () => {
    const manager = managerOf('configmaps', 'v1');
    const at = path('configmaps', 'v1');
    let live = await request('POST', `${at}?fieldManager=m0`, configMap('many', { data: { k0: '0' } }));
    for (let i = 1; i < 14; i++) {
      const theirs = await request('PATCH', `${at}/many?fieldManager=m${i}`, { data: { [`k${i}`]: String(i) } }, { 'content-type': 'application/merge-patch+json' });
      const next = { ...theirs, metadata: { ...theirs.metadata, managedFields: live.metadata.managedFields } };
      const time = Math.max(...(theirs.metadata.managedFields as Data[]).map(entry => Date.parse(entry.time as string)));
      expect(entries(manager.update({ live: live as JsonMap, next: next as JsonMap, manager: `m${i}`, now: new Date(time) }))).toEqual(entries(theirs));
      live = theirs;
    }
    expect(entries(live).map(({ manager: name }) => name)).toContain('ancient-changes');
  });

  test('kubectl takes over what it applied from the client, and keeps its annotation', async () => {
    const manager = managerOf('configmaps', 'v1');
    const at = path('configmaps', 'v1');
    const manifest = configMap('taken', { data: { a: '1', b: '2', c: '3' } });
    const lastApplied = `${JSON.stringify({ ...manifest, metadata: { ...manifest.metadata, annotations: {} } })}\n`;
    const annotated = { ...manifest, metadata: { ...manifest.metadata, annotations: { 'kubectl.kubernetes.io/last-applied-configuration': lastApplied } } };
    const created = await request('POST', `${at}?fieldManager=kubectl-client-side-apply`, annotated);
    const live = await request('PATCH', `${at}/taken?fieldManager=other`, { data: { c: '4' } }, { 'content-type': 'application/merge-patch+json' });
    expect(created.kind).toBe('ConfigMap');

    const refused = configMap('taken', { data: { a: '9', c: '9' } });
    const theirRefusal = await request('PATCH', `${at}/taken?fieldManager=kubectl`, refused, APPLY);
    const ourRefusal = refusal(() => manager.apply({ live: live as JsonMap, applied: refused as JsonMap, manager: 'kubectl', now: new Date() }));
    expect(ourRefusal).toEqual(theirRefusal);

    const wanted = configMap('taken', { data: { a: '9<&>' } });
    const theirs = await request('PATCH', `${at}/taken?fieldManager=kubectl`, wanted, APPLY);
    const { object } = manager.apply({ live: live as JsonMap, applied: wanted as JsonMap, manager: 'kubectl', now: new Date() });
    expect(object.data).toEqual(theirs.data);
    expect((object.metadata as Data).annotations).toEqual(theirs.metadata.annotations);
    expect(entries(object)).toEqual(entries(theirs));
  });

  test('the first apply to an object that nobody owned finds a manager of what was there', async () => {
    const manager = managerOf('configmaps', 'v1');
    const at = path('configmaps', 'v1');
    const created = await request('POST', at, configMap('old', { data: { a: '1', b: '2' } }));
    const live = await request('PUT', `${at}/old`, { ...created, metadata: { ...created.metadata, managedFields: [] } });
    expect(live.metadata.managedFields).toBeUndefined();
    const patched = await request('PATCH', `${at}/old?fieldManager=x`, { data: { b: '3' } }, { 'content-type': 'application/merge-patch+json' });
    expect(entries(manager.update({ live: live as JsonMap, next: patched as JsonMap, manager: 'x', now: new Date() }))).toEqual(entries(patched));

    const wanted = configMap('old', { data: { a: '5' } });
    const refused = await request('PATCH', `${at}/old?fieldManager=x`, wanted, APPLY);
    expect(refusal(() => manager.apply({ live: patched as JsonMap, applied: wanted as JsonMap, manager: 'x', now: new Date() }))).toEqual(refused);
    const theirs = await request('PATCH', `${at}/old?fieldManager=x&force=true`, wanted, APPLY);
    const { object } = manager.apply({ live: patched as JsonMap, applied: wanted as JsonMap, manager: 'x', force: true, now: new Date() });
    expect(entries(object)).toEqual(entries(theirs));
    expect(entries(object).map(({ manager: name }) => name)).toEqual(['x', 'before-first-apply']);
  });

  test('applying the same again changes nothing, and a change of times alone is none', async () => {
    const manager = managerOf('deployments', 'apps/v1');
    const at = path('deployments', 'apps/v1');
    const wanted = deployment('same', { template: { ...podTemplate, spec: { containers: [{ name: 'a', image: 'web:1', resources: { limits: { cpu: 1 } } }] } } });
    const live = await request('PATCH', `${at}/same?fieldManager=x`, wanted, APPLY);
    const again = await request('PATCH', `${at}/same?fieldManager=x`, wanted, APPLY);
    expect(again.metadata.resourceVersion).toBe(live.metadata.resourceVersion);
    // A number where the server has a text: it is a change until the server has read it.
    const later = new Date(Date.now() + 5000);
    const { object, changed } = manager.apply({ live: live as JsonMap, applied: wanted as JsonMap, manager: 'x', now: later });
    expect(changed).toBe(true);
    const stored = { ...live, metadata: { ...live.metadata, managedFields: (object.metadata as Data).managedFields } };
    expect(stored).not.toEqual(live);
    expect(withoutNewTimes(live as JsonMap, stored as JsonMap)).toBe(live);

    const exact = structuredClone(wanted);
    exact.spec.template.spec.containers[0].resources.limits.cpu = '1';
    expect(manager.apply({ live: live as JsonMap, applied: exact as JsonMap, manager: 'x', now: later })).toEqual({ object: live, changed: false });
  });

  test('who applies what is there already owns it without a time', async () => {
    const at = path('configmaps', 'v1');
    const manifest = configMap('shared', { data: { a: '1' } });
    const live = await request('PATCH', `${at}/shared?fieldManager=x`, manifest, APPLY);
    const theirs = await request('PATCH', `${at}/shared?fieldManager=y`, manifest, APPLY);
    const { object } = managerOf('configmaps', 'v1').apply({ live: live as JsonMap, applied: manifest as JsonMap, manager: 'y', now: new Date() });
    expect((object.metadata as Data).managedFields).toEqual(theirs.metadata.managedFields);
    expect(theirs.metadata.managedFields.map(({ time }: Data) => time)).toContain(undefined);
  });

  test('a write to /scale takes the replicas over, as the real server has it', async () => {
    const at = path('deployments', 'apps/v1');
    const scale = builtinSchemas().tryFind('autoscaling', 'v1', 'Scale')!;
    const scaleManager = new FieldManager({ group: 'autoscaling', version: 'v1', kind: 'Scale', plural: 'scales', subresources: [], schema: scale });
    let live = await request('PATCH', `${at}/scaled?fieldManager=x`, deployment('scaled', { replicas: 2 }), APPLY);
    const writes: [string, number, string][] = [['updater', 3, 'merge'], ['other', 4, 'merge'], ['applier', 5, 'apply'], ['updater', 5, 'merge']];
    for (const [name, replicas, how] of writes) {
      const before = await request('GET', `${at}/scaled/scale`);
      const fields = new ScaleFields(live.metadata.managedFields as never, new Map([['apps/v1', '.spec.replicas']]), 'apps/v1');
      const managedFields = fields.toScale();
      const body = { apiVersion: 'autoscaling/v1', kind: 'Scale', metadata: { name: 'scaled', namespace: 'default' }, spec: { replicas } };
      const query = `fieldManager=${name}${how === 'apply' ? '&force=true' : ''}`;
      await request('PATCH', `${at}/scaled/scale?${query}`, body, how === 'apply' ? APPLY : { 'content-type': 'application/merge-patch+json' });
      const theirs = await request('GET', `${at}/scaled`);
      const old = { ...before, metadata: { ...before.metadata, managedFields } } as JsonMap;
      const written = how === 'apply'
        ? scaleManager.apply({ live: old, applied: body as JsonMap, manager: name, force: true, subresource: 'scale', now: new Date() }).object
        : scaleManager.update({ live: old, next: { ...old, spec: { replicas } }, manager: name, subresource: 'scale', now: new Date() });
      expect(entries({ metadata: { managedFields: fields.toParent((written.metadata as Data).managedFields as never) } })).toEqual(entries(theirs));
      live = theirs;
    }
  });

  test.each<[string, Data, Data]>([
    ['fields of their own become one field', {}, { 'x-kubernetes-map-type': 'atomic' }],
    ['one field becomes fields of their own', { 'x-kubernetes-map-type': 'atomic' }, {}],
  ])('when %s in a definition, who owned them owns it', async (title, before, after) => {
    const kind = title.startsWith('one') ? 'Alpha' : 'Beta';
    const plural = `${kind.toLowerCase()}s`;
    const list = (map: Data) => map['x-kubernetes-map-type'] ? 'atomic' : 'set';
    const definition = (map: Data): Data => ({
      apiVersion: 'apiextensions.k8s.io/v1', kind: 'CustomResourceDefinition', metadata: { name: `${plural}.example.org` },
      spec: {
        group: 'example.org', scope: 'Namespaced', names: { plural, singular: kind.toLowerCase(), kind },
        versions: [{
          name: 'v1', served: true, storage: true, schema: {
            openAPIV3Schema: {
              type: 'object', properties: {
                spec: {
                  type: 'object', properties: {
                    map: { type: 'object', additionalProperties: { type: 'string' }, ...map },
                    list: { 'type': 'array', 'items': { type: 'string' }, 'x-kubernetes-list-type': list(map) },
                  },
                },
              },
            },
          },
        }],
      },
    });
    const at = path(plural, 'example.org/v1');
    const thing = (spec: Data) => ({ apiVersion: 'example.org/v1', kind, metadata: { name: 'x', namespace: 'default' }, spec });
    await context.kube.create(definition(before) as never);
    await waitUntil('it is served', async () => context.kube.get(at));
    await request('PATCH', `${at}/x?fieldManager=one`, thing({ map: { a: '1', b: '2' }, list: ['a', 'b'] }), APPLY);
    let live = await request('PATCH', `${at}/x?fieldManager=two&force=true`, thing({ map: { a: '1', c: '3' }, list: ['b', 'c'] }), APPLY);
    await context.kube.patch(`/apis/apiextensions.k8s.io/v1/customresourcedefinitions/${plural}.example.org`, { spec: definition(after).spec });
    const [changed] = definedResources(definition(after) as JsonMap);
    const manager = new FieldManager(changed);
    // The server needs a moment to take the new schema; nobody but this manager has an entry of it.
    await waitUntil('the new schema is in use', async () => {
      const { metadata } = await request('PATCH', `${at}/x?fieldManager=probe&force=true&dryRun=All`, thing({ map: { a: '1' } }), APPLY);
      const mine = (metadata.managedFields as Data[]).find(entry => entry.manager === 'probe');
      return JSON.stringify(mine?.fieldsV1).includes('f:a') !== ('x-kubernetes-map-type' in after);
    });
    const writes: [string, Data][] = [['one', { map: { a: '5' }, list: ['z'] }], ['two', { map: { c: '3' } }], ['one', {}]];
    for (const [name, spec] of writes) {
      const applied = thing(spec);
      const theirs = await request('PATCH', `${at}/x?fieldManager=${name}&force=true`, applied, APPLY);
      const { object } = manager.apply({ live: live as JsonMap, applied: applied as JsonMap, manager: name, force: true, now: new Date() });
      expect(entries(object)).toEqual(entries(theirs));
      expect(object.spec).toEqual(theirs.spec);
      live = theirs;
    }
  });

  test('a manager without a name is called after its program', async () => {
    const cases = ['kubectl/v1.32.4 (linux/amd64) kubernetes/59526cd', 'my agent/1', '/x', `${'ä'.repeat(80)}/1`];
    for (const [i, agent] of cases.entries()) {
      const header = Buffer.from(agent).toString('latin1');
      const { metadata } = await request('POST', path('configmaps', 'v1'), configMap(`agent-${i}`, { data: { a: 'b' } }), { 'user-agent': header });
      expect(defaultManager(agent) || 'unknown').toBe((metadata.managedFields as Data[])[0].manager);
    }
  });
});
