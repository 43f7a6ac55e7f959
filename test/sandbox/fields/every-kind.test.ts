import { setTimeout as sleep } from 'node:timers/promises';
import { FieldManager } from '../../../lib/sandbox/fields/field-manager';
import { difference, printPaths, type FieldSet } from '../../../lib/sandbox/fields/field-set';
import { decodeSet } from '../../../lib/sandbox/fields/fields-v1';
import type { JsonMap } from '../../../lib/sandbox/json';
import { builtinSchemas } from '../../../lib/sandbox/schema/builtin-schemas';
import { describeWithCluster } from '../../control-plane/describe-cluster';
import { kinds } from '../../kube/facts/kinds';

type Data = Record<string, any>;

/** What the server itself adds to a new object when it is noted already who owns what. */
const ADDED_LATER: Readonly<Record<string, readonly string[]>> = {
  Pod: ['.spec.preemptionPolicy', '.spec.priority', '.spec.tolerations'],
  Job: [
    '.spec.selector', '.spec.template.metadata.labels',
    ...['batch.kubernetes.io/controller-uid', 'batch.kubernetes.io/job-name', 'controller-uid', 'job-name'].map(label => `.spec.template.metadata.labels.${label}`),
  ],
  Service: ['.spec.clusterIP', '.spec.clusterIPs', '.spec.ipFamilies', '.spec.ipFamilyPolicy'],
  Namespace: ['.spec.finalizers'],
  PersistentVolumeClaim: ['.metadata.finalizers', '.metadata.finalizers[="kubernetes.io/pvc-protection"]'],
  PersistentVolume: ['.metadata.finalizers', '.metadata.finalizers[="kubernetes.io/pv-protection"]'],
  VolumeAttributesClass: ['.metadata.finalizers', '.metadata.finalizers[="kubernetes.io/vac-protection"]'],
};

const APPLY = { 'content-type': 'application/apply-patch+yaml' };

function setOfManager(object: Data, manager: string): FieldSet {
  const entry = ((object.metadata.managedFields ?? []) as Data[]).find(each => each.manager === manager && !each.subresource);
  return decodeSet((entry?.fieldsV1 ?? {}) as JsonMap);
}

function entries(object: Data): Data[] {
  return ((object.metadata.managedFields ?? []) as Data[]).map(({ time: _, fieldsV1, ...entry }) => ({ ...entry, fieldsV1: JSON.stringify(fieldsV1) }));
}

function paths(set: FieldSet): string[] {
  return printPaths(set).map(({ text }) => text);
}

/** An empty list that was sent is there when it is noted who owns what, though it is not stored as one; but not where empty lists are left out. */
function withEmptyLists(object: Data, sent: Data): Data {
  const lists = Object.entries(sent).flatMap(([key, value]): [string, unknown][] => {
    if (Array.isArray(value)) return value.length === 0 ? [[key, value]] : [];
    return key === 'spec' ? [[key, withEmptyLists(object.spec as Data, value as Data)]] : [];
  });
  return { ...object, ...Object.fromEntries(lists) };
}

/** An object that the server's own controllers write to as well, when they are done with it. */
async function settled(read: () => Promise<Data>): Promise<Data> {
  for (let last = await read(); ;) {
    await sleep(60);
    const now = await read();
    if (now.metadata.resourceVersion === last.metadata.resourceVersion) return now;
    last = now;
  }
}

describeWithCluster('who owns what of every kind', {}, context => {
  test.each(kinds.map(({ manifest }) => [manifest.kind, manifest] as const))('%s', async (kind, manifest) => {
    const group = manifest.apiVersion.split('/').slice(0, -1).join('/');
    const resource = builtinSchemas().resources.find(each => each.kind === kind && each.group === group && each.verbs.includes('create'))!;
    const manager = new FieldManager(resource);
    const { name } = manifest.metadata;
    const collection = `/api${group ? 's' : ''}/${manifest.apiVersion}${resource.namespaced ? '/namespaces/default' : ''}/${resource.plural}`;
    const send = async (method: string, path: string, body: unknown, headers?: Record<string, string>) => {
      const answer = await context.kube.request(method, path, body, headers);
      return { ok: answer.status < 400, body: answer.body as Data };
    };

    const created = await send('POST', `${collection}?fieldManager=creator`, manifest);
    expect(created).toMatchObject({ ok: true });
    const { uid: _, managedFields: _m, ...metadata } = created.body.metadata;
    const ours = manager.update({ next: (kind === 'Endpoints' ? { ...created.body, metadata } : withEmptyLists({ ...created.body, metadata }, manifest as Data)) as JsonMap, manager: 'creator', now: new Date() });
    const [mine, theirs] = [setOfManager(ours, 'creator'), setOfManager(created.body, 'creator')];
    expect({ more: paths(difference(mine, theirs)), less: paths(difference(theirs, mine)) }).toEqual({ more: ADDED_LATER[kind] ?? [], less: [] });

    const path = `${collection}/${name}?fieldManager=applier`;
    const applies: [string, Data][] = [
      ['&force=true', { ...manifest, metadata: { ...manifest.metadata, labels: { app: 'fact', more: 'one' } } }],
      ['&force=true', { ...manifest, metadata: { ...manifest.metadata, labels: { app: 'other' } } }],
      ['', { apiVersion: manifest.apiVersion, kind, metadata: { name } }],
    ];
    for (const [force, applied] of applies) {
      const live = await settled(async () => (await send('GET', `${collection}/${name}`, undefined)).body);
      const answer = await send('PATCH', path + force, applied, APPLY);
      // What nobody may take away: a selector, a port.
      if (!answer.ok) continue;
      const { object } = manager.apply({ live: live as JsonMap, applied: applied as JsonMap, manager: 'applier', force: force !== '', now: new Date() });
      expect(entries(object)).toEqual(entries(answer.body));
    }
  });
});
