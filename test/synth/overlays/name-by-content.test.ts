import { mkdtempSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { ApiObject } from 'cdk8s';
import * as plus from 'cdk8s-plus-28';
import { Application, ConfigMapFiles, Fleet } from '../../../lib';
import { errorsOf, objectsIn, shop } from '../one-cluster';

const folder = mkdtempSync(join(tmpdir(), 'flotilla-settings-'));
const file = join(folder, 'app.yaml');
const BY_CONTENT = { 'cdk8s-flotilla.dev/name': 'by-content' };

/** A workload of a kind that reads the ConfigMap `settings` in every way there is. */
function reader(kind: string): object {
  const spec = {
    containers: [{ name: 'main', image: 'web', envFrom: [{ configMapRef: { name: 'settings' } }] }],
    initContainers: [{ name: 'init', image: 'web', env: [{ name: 'A', valueFrom: { configMapKeyRef: { name: 'settings', key: 'app.yaml' } } }] }],
    volumes: [{ name: 'a', configMap: { name: 'settings' } }, { name: 'b', projected: { sources: [{ configMap: { name: 'settings' } }] } }, { name: 'c', configMap: { name: 'another' } }],
  };
  const template = { metadata: { labels: { app: 'x' } }, spec };
  return kind === 'CronJob' ? { schedule: '@daily', jobTemplate: { spec: { template } } } : { selector: { matchLabels: { app: 'x' } }, template };
}

function settings(content: string, more: (fleet: Fleet<any, any>) => void = () => {}): ReturnType<typeof objectsIn> {
  writeFileSync(file, content);
  const fleet = shop(['a'], [], { sourceFolders: [folder] });
  new Application(fleet, 'web', {
    namespace: 'shop', placement: {}, sources: [new ConfigMapFiles({ name: 'settings', files: [file] })],
    render: chart => {
      for (const [kind, apiVersion] of Object.entries({ Deployment: 'apps/v1', StatefulSet: 'apps/v1', DaemonSet: 'apps/v1', CronJob: 'batch/v1' })) {
        new ApiObject(chart, kind, { apiVersion, kind, metadata: { name: 'web' }, spec: reader(kind) });
      }
      new ApiObject(chart, 'other', { apiVersion: 'v1', kind: 'ConfigMap', metadata: { name: 'another' } });
      new ApiObject(chart, 'role', { apiVersion: 'rbac.authorization.k8s.io/v1', kind: 'Role', metadata: { name: 'r' }, rules: [{ apiGroups: [''], resources: ['configmaps'], resourceNames: ['settings'], verbs: ['get'] }] });
    },
  });
  more(fleet);
  return objectsIn(fleet);
}

test('another content is another name, and all that refers to it follows', () => {
  const [one, two] = [settings('a: 1\n'), settings('a: 2\n')];
  const nameIn = (objects: typeof one) => Object.values(objects).find(each => each.kind === 'ConfigMap' && each.metadata.name !== 'another')!.metadata.name;
  expect(nameIn(one)).toMatch(/^settings-[b-df-hj-np-tv-xz2456789]{10}$/);
  expect(nameIn(two)).not.toBe(nameIn(one));
  for (const objects of [one, two]) {
    const name = nameIn(objects);
    expect(objects[`a/web/shop/configmap.${name}.yaml`].metadata).toEqual({ name, namespace: 'shop', annotations: { 'cdk8s-flotilla.dev/prune': 'after-rollout' } });
    const text = JSON.stringify(Object.values(objects).filter(each => each.kind !== 'ConfigMap'));
    expect(text.split(`"${name}"`).length - 1).toBe(4 * 4 + 1);
    expect(text).not.toContain('"settings"');
    expect(text.split('"another"').length - 1).toBe(4);
  }
  expect(JSON.stringify(settings('a: 1\n'))).toBe(JSON.stringify(one));
});

test('an overlay that patches the content changes the name', () => {
  const patched = settings('a: 1\n', fleet => {
    (fleet.node.findChild('web') as Application<any, any>).addOverlay({ name: 'patch', props: { where: {}, patch: { kind: 'ConfigMap', name: 'settings' }, with: (o: any) => { o.data['app.yaml'] = 'a: 2\n'; } } });
  });
  const named = (objects: ReturnType<typeof objectsIn>) => Object.keys(objects).find(path => path.includes('configmap.settings'));
  expect(named(patched)).toBe(named(settings('a: 2\n')));
});

test('a ConfigMap of a chart is named by its content when it asks for it', () => {
  const fleet = shop();
  new Application(fleet, 'web', {
    namespace: 'shop', placement: {}, render: chart => {
      const map = new plus.ConfigMap(chart, 'settings', { metadata: { name: 'settings', annotations: BY_CONTENT }, data: { a: '1' } });
      new plus.Deployment(chart, 'web', { containers: [{ image: 'web', envFrom: [plus.Env.fromConfigMap(map)] }] });
    },
  });
  const objects = Object.values(objectsIn(fleet));
  const { name } = objects.find(each => each.kind === 'ConfigMap')!.metadata;
  expect(name).toMatch(/^settings-/);
  expect(JSON.stringify(objects.find(each => each.kind === 'Deployment'))).toContain(`"configMapRef":{"name":"${name}"}`);
});

test.each([
  ['another kind', 'Service', 'by-content', "Service 'x' is to be named by its content: only ConfigMaps and Secrets can be"],
  ['another wish', 'ConfigMap', 'content', 'ConfigMap \'x\' is to be named "content"'],
])('%s is refused', (_, kind, wish, what) => {
  const fleet = shop();
  new Application(fleet, 'web', {
    namespace: 'shop', placement: {}, render: chart => {
      new ApiObject(chart, 'x', { apiVersion: 'v1', kind, metadata: { name: 'x', annotations: { 'cdk8s-flotilla.dev/name': wish } } });
    },
  });
  expect(errorsOf(fleet)).toEqual([expect.objectContaining({ code: 'FLT2604', what })]);
});
