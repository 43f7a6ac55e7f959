import { decode, type FieldValidation } from './decode';
import type { Json, JsonMap } from '../../../lib/sandbox/json';
import type { ServedResource } from '../../../lib/sandbox/served-resource';
import { StatusError } from '../../../lib/sandbox/status-error';
import { describeWithCluster } from '../../control-plane/describe-cluster';
import { collectionPath, readServedKinds } from '../defaults/served-kinds';

const deployment = (spec: Json, metadata: JsonMap = {}) => ({ apiVersion: 'apps/v1', kind: 'Deployment', metadata: { name: 'a', ...metadata }, spec });
const container = (more: JsonMap) => deployment({ template: { spec: { containers: [{ name: 'a', ...more }] } } });
const configMap = (more: JsonMap) => ({ apiVersion: 'v1', kind: 'ConfigMap', metadata: { name: 'a' }, ...more });
const secret = (data: Json) => ({ apiVersion: 'v1', kind: 'Secret', metadata: { name: 'a' }, data });
const service = (port: JsonMap) => ({ apiVersion: 'v1', kind: 'Service', metadata: { name: 'a' }, spec: { ports: [{ port: 80, ...port }] } });

const table: [title: string, manifest: JsonMap][] = [
  ['a text for a number', deployment({ replicas: 'x' })],
  ['a fraction', deployment({ replicas: 1.5 })],
  ['a number that is too large', deployment({ replicas: 3_000_000_000 })],
  ['a map for a list', deployment({ template: { spec: { containers: {} } } })],
  ['a list for a map', deployment({ selector: { matchLabels: [] } })],
  ['a text for a map', deployment('x')],
  ['a number for a text', container({ name: 1 })],
  ['a number for a named text', container({ ports: [{ containerPort: 1, protocol: 3 }] })],
  ['a text for a boolean', container({ tty: 'yes' })],
  ['a number for a list', container({ args: 3 })],
  ['a number in a list', container({ args: ['a', 3] })],
  ['a boolean for an environment variable', container({ env: [{ name: 'A', value: true }] })],
  ['a quantity that is none', container({ resources: { limits: { cpu: 'x' } } })],
  ['a quantity that is a boolean', container({ resources: { limits: { cpu: true } } })],
  ['a number for a label', deployment({}, { labels: { x: 1 } })],
  ['a time that is none', deployment({}, { creationTimestamp: 'foo' })],
  ['a number in data', configMap({ data: { a: 1 } })],
  ['a text for data', configMap({ data: 'x' })],
  ['a text for metadata', configMap({ metadata: 'x' })],
  ['no Base64', secret({ a: '!!' })],
  ['a number for bytes', secret({ a: 1 })],
  ['a fraction for a port', service({ targetPort: 1.5 })],
  ['a boolean for a port', service({ targetPort: true })],
  ['the first of several', deployment({ replicas: 'x', paused: 3 })],
];

const unknown: [title: string, manifest: JsonMap][] = [
  ['one field', configMap({ foo: 1 })],
  ['several, at any depth', { ...deployment({ foo: 1, template: { spec: { bar: {}, containers: [{ name: 'a', baz: 2, ports: [{ a: 1 }, { b: 2 }] }] } } }), top: 1 }],
  ['another case', configMap({ Data: { a: 'b' } })],
  ['within metadata', deployment({}, { unknown: 1 })],
];

describeWithCluster('what cannot be decoded', {}, context => {
  let kinds: Map<string, ServedResource>;
  beforeAll(async () => {
    kinds = await readServedKinds(context.kube);
  });

  async function compare(manifest: JsonMap, validation: FieldValidation): Promise<void> {
    const resource = kinds.get(`${String(manifest.apiVersion)} ${String(manifest.kind)}`) as ServedResource;
    const { status, body } = await context.kube.request('POST', `${collectionPath(resource)}?dryRun=All&fieldValidation=${validation}`, manifest);
    expect(status).toBe(400);
    let told: JsonMap | undefined;
    try {
      decode(resource, manifest, validation);
    } catch (error) {
      told = (error as StatusError).toStatus();
    }
    expect(told).toEqual(body);
  }

  test.each(table)('%s', async (...[, manifest]) => compare(manifest, 'Ignore'));

  test.each(unknown)('unknown: %s', async (...[, manifest]) => compare(manifest, 'Strict'));
});
