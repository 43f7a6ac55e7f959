import { ApiObject, Chart } from 'cdk8s';
import { Application, Fleet, FlotillaError } from '../../lib';
import { extendExpect, matchers, serializeTarget, targetOf, targetsOf } from '../../lib/testing';
import { shop } from '../synth/one-cluster';
import '../../lib/testing/jest';

const containers = [
  { name: 'proxy', image: 'proxy:1', args: ['-v', '--port=80'] },
  { name: 'server', image: 'web:1', env: [{ name: 'PORT', value: '80' }, { name: 'HOST', value: 'web' }], ports: [{ containerPort: 80 }, { containerPort: 80, protocol: 'UDP' }] },
];

function fleet(): Fleet<any, any> {
  const made = shop(['a', 'us'], [], { checks: { 'missing-field': 'off' } });
  new Application(made, 'web', {
    namespace: 'shop',
    placement: {},
    render: (chart: Chart) => {
      new ApiObject(chart, 'web', {
        apiVersion: 'apps/v1', kind: 'Deployment', metadata: { name: 'web' },
        spec: { replicas: 2, paused: false, template: { spec: { containers, tolerations: [{ operator: 'Exists' }] } } },
      });
      new ApiObject(chart, 'blue', { apiVersion: 'v1', kind: 'Service', metadata: { name: 'web', namespace: 'blue' }, spec: { type: 'ClusterIP' } });
      new ApiObject(chart, 'green', { apiVersion: 'v1', kind: 'Service', metadata: { name: 'web', namespace: 'green' }, spec: { type: 'NodePort' } });
    },
  });
  new Application(made, 'empty', { namespace: 'shop', placement: { region: 'us' }, render: () => {} });
  return made;
}

const web = targetOf(fleet(), 'a', 'web');
const server = (fields: object) => ({ spec: { template: { spec: { containers: [{ name: 'server', ...fields }] } } } });

/** What a failed expectation says, without the first line of the runner's. */
function failure(run: () => void): string {
  try {
    run();
  } catch (error) {
    return (error as Error).message;
  }
  return 'it did not fail';
}

describe('a target has an object', () => {
  test.each<[name: string, fields: Record<string, unknown>]>([
    ['Deployment/web', {}],
    ['deployments.apps/web', { spec: { replicas: 2 } }],
    ['deploy/web', { spec: { replicas: expect.any(Number) }, metadata: expect.objectContaining({ name: 'web' }) }],
    ['Deployment/shop/web', { spec: { strategy: undefined, paused: false } }],
    ['Deployment', { kind: 'Deployment' }],
    ['Service', { spec: { type: 'NodePort' } }],
    ['Service/web', { spec: { type: 'NodePort' } }],
    ['Service/green/web', { spec: { type: 'NodePort' } }],
    ['Deployment/web', server({ env: [{ name: 'HOST', value: 'web' }] })],
    ['Deployment/web', server({ ports: [{ containerPort: 80, protocol: 'UDP' }] })],
    ['Deployment/web', { spec: { template: { spec: { containers: [{ name: 'proxy', args: ['-v', '--port=80'] }], tolerations: [{ operator: 'Exists' }] } } } }],
  ])('%s %j', (name, fields) => {
    expect(web).toHaveObject(name, fields);
    expect(failure(() => expect(web).not.toHaveObject(name, fields))).toMatch(/^expected that the application 'web' on 'a' has no /);
  });
});

describe('a target does not have an object', () => {
  test.each<[name: string, fields: Record<string, unknown>, message: string]>([
    ['Deployment/web', { spec: { replicas: 3, missing: 'x', paused: undefined } }, [
      "expected that Deployment.apps/shop/web of the application 'web' on 'a' has", '',
      '  spec.replicas: 3, and it is 2', '  spec.missing: "x", and it is not there', '  spec.paused: nothing, and it is false',
    ].join('\n')],
    ['Deployment/web', server({ image: 'web:2', env: [{ name: 'PATH' }] }), [
      "expected that Deployment.apps/shop/web of the application 'web' on 'a' has", '',
      '  spec.template.spec.containers[server].image: "web:2", and it is "web:1"',
      '  spec.template.spec.containers[server].env[PATH]: {"name":"PATH"}, and it is not there',
    ].join('\n')],
    ['Deployment/web', { spec: { template: { spec: { containers: [{ name: 'proxy', args: ['-v'] }], tolerations: [] } } } }, [
      "expected that Deployment.apps/shop/web of the application 'web' on 'a' has", '',
      '  spec.template.spec.containers[proxy].args: ["-v"], and it is ["-v","--port=80"]',
      '  spec.template.spec.tolerations: [], and it is [{"operator":"Exists"}]',
    ].join('\n')],
    ['Service/web', { spec: { type: 'LoadBalancer' } }, [
      "expected that Service/blue/web of the application 'web' on 'a' has", '', '  spec.type: "LoadBalancer", and it is "ClusterIP"',
    ].join('\n')],
    ['Deployment/wbe', {}, [
      "expected that the application 'web' on 'a' has Deployment/wbe: did you mean 'web'?", '',
      'it has', '', '  Service/blue/web', '  Service/green/web', '  Deployment.apps/shop/web',
    ].join('\n')],
    ['Ingress', {}, ["expected that the application 'web' on 'a' has Ingress", '', 'it has', '', '  Service/blue/web', '  Service/green/web', '  Deployment.apps/shop/web'].join('\n')],
    ['Deployment.extensions/web', {}, /has Deployment.extensions\/web/.source],
  ])('%s %j', (name, fields, message) => {
    expect(web).not.toHaveObject(name, fields);
    const text = failure(() => expect(web).toHaveObject(name, fields));
    expect(text).toEqual(message.includes('\n') ? message : expect.stringMatching(message));
  });

  test('as none of an application that renders nothing', () => {
    expect(failure(() => expect(targetOf(fleet(), 'us', 'empty')).toHaveObject('Pod/x'))).toBe("expected that the application 'empty' on 'us' has Pod/x\n\nit has no objects");
  });
});

test('the kind of each target and its application are data, sorted', () => {
  expect(targetsOf(fleet()).map(({ cluster, application, objects }) => [cluster, application, objects.length])).toEqual([['a', 'web', 3], ['us', 'empty', 0], ['us', 'web', 3]]);
});

test('a snapshot of a target is its manifests, as they are committed, and the same each time', () => {
  const text = serializeTarget(web);
  expect(text).toMatch(/^# clusters\/a\/web\/blue\/service\.web\.yaml\napiVersion: v1\nkind: Service\n[^]*\n---\n# clusters\/a\/web\/green/);
  expect(serializeTarget(targetOf(fleet(), 'a', 'web'))).toBe(text);
  expect(targetOf(shop2(), 'a', 'tiny')).toMatchInlineSnapshot(`
# clusters/a/tiny/shop/configmap.tiny.yaml
apiVersion: v1
kind: ConfigMap
metadata:
  name: tiny
  namespace: shop

`);
});

function shop2(): Fleet<any, any> {
  const made = shop();
  new Application(made, 'tiny', {
    namespace: 'shop', placement: {}, render: chart => { new ApiObject(chart, 'tiny', { apiVersion: 'v1', kind: 'ConfigMap', metadata: { name: 'tiny' } }); },
  });
  return made;
}

test.each<[title: string, run: () => unknown, code: string]>([
  ['a cluster that is not there', () => targetOf(fleet(), 'b', 'web'), 'FLT2401'],
  ['an application that is elsewhere', () => targetOf(fleet(), 'a', 'empty'), 'FLT2402'],
  ['a name of nothing', () => matchers.toHaveObject(web, '/'), 'FLT2403'],
  ['something else than a target', () => matchers.toHaveObject({ objects: [] }, 'Deployment/web'), 'FLT2407'],
])('%s is an error', (_title, run, code) => {
  let thrown: unknown;
  try {
    run();
  } catch (error) {
    thrown = error;
  }
  expect(thrown).toBeInstanceOf(FlotillaError);
  expect((thrown as FlotillaError).code).toBe(code);
});

test('another runner gets the same by its own expect', () => {
  const added: unknown[] = [];
  extendExpect({
    extend: more => { added.push(Object.keys(more)); },
    addSnapshotSerializer: serializer => { added.push(serializer.test(web), serializer.test({})); },
  });
  expect(added).toEqual([['toHaveObject'], true, false]);
});
