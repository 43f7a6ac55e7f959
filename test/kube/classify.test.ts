import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { temporaryFolder } from './kubeconfig-file';
import { configMap, deployment, RealConnection, widgetDefinition } from './real-connection';
import type { ApiError } from '../../lib/kube/api-error';
import * as classify from '../../lib/kube/classify';
import type { Connection } from '../../lib/kube/connection';
import { deleteObject } from '../../lib/kube/delete';
import { objectError } from '../../lib/kube/object-error';
import { describeWithCluster } from '../control-plane/describe-cluster';
import { waitUntil } from '../control-plane/wait-until';

/** All questions, and those that the error answers with yes. */
function yes(error: unknown): string[] {
  return Object.entries(classify).filter(([, ask]) => Boolean(ask(error))).map(([name]) => name);
}

async function failure(request: Promise<unknown>): Promise<ApiError> {
  return request.then(() => { throw new Error('it succeeded'); }, (error: ApiError) => error);
}

const folder = temporaryFolder();
const configMaps = '/api/v1/namespaces/default/configmaps';

describeWithCluster('errors of the API server', {}, context => {
  const real = new RealConnection(context);

  /** What the error is, and what a user is told of it. */
  async function expectError(
    request: Promise<unknown>, kinds: string[], code: string, what: RegExp, fix: RegExp, connection?: Connection,
  ): Promise<ApiError> {
    const error = await failure(request);
    expect(yes(error).sort()).toEqual(kinds.sort());
    expect(objectError(connection ?? real.connection, 'ConfigMap/default/web', error)).toMatchObject({
      code,
      what: expect.stringMatching(what),
      fix: expect.stringMatching(fix),
      where: { cluster: 'east', object: 'ConfigMap/default/web' },
      cause: error,
    });
    return error;
  }

  test('a kind whose definition was just created is not served yet', async () => {
    await context.kube.create(widgetDefinition('early.example'));
    const manifest = { apiVersion: 'early.example/v1', kind: 'Widget', metadata: { name: 'a', namespace: 'default' } };
    const applyWidget = async () => real.connection.request({
      method: 'PATCH',
      path: '/apis/early.example/v1/namespaces/default/widgets/a',
      contentType: 'application/apply-patch+yaml',
      body: manifest,
      query: { fieldManager: 'x', force: 'true' },
    });
    const errors: ApiError[] = [];
    await waitUntil('the kind is served', async () => applyWidget().then(() => true, (error: ApiError) => {
      errors.push(error);
      return false;
    }), { every: 5 });
    // It may have been quicker than our first request.
    for (const error of errors) expect([error.status, ...yes(error)]).toEqual([404, 'isNotServed']);
  });

  test('a kind that nobody defined is not served', async () => {
    const error = await expectError(
      real.connection.request({ method: 'GET', path: '/apis/no.example/v1/namespaces/default/widgets/a' }),
      ['isNotServed'], 'FLT5104', /does not serve/, /CustomResourceDefinition/,
    );
    expect(error.contentType).toBe('text/plain');
  });

  test('a version that is not served is not served', async () => {
    const error = await failure(real.connection.request({ method: 'GET', path: '/apis/apps/v1beta1/namespaces/default/deployments/a' }));
    expect(yes(error)).toEqual(['isNotServed']);
  });

  test.each([false, true])('a missing namespace is named (dry run %s)', async dryRun => {
    const error = await expectError(
      real.apply(configMap('web', {}, { namespace: 'nowhere' }), { dryRun }), ['isMissingNamespace'], 'FLT5105', /namespace 'nowhere', which does not exist/, /create it/,
    );
    expect(classify.isMissingNamespace(error)).toBe('nowhere');
  });

  test('a Namespace that was itself asked for is an object that is gone', async () => {
    expect(yes(await failure(real.connection.request({ method: 'GET', path: '/api/v1/namespaces/nowhere' })))).toEqual(['isAlreadyGone']);
  });

  test('an object that does not exist is gone, also in a namespace that does not', async () => {
    expect(yes(await failure(real.connection.request({ method: 'GET', path: `${configMaps}/none` })))).toEqual(['isAlreadyGone']);
    expect(yes(await failure(real.connection.request({ method: 'DELETE', path: '/api/v1/namespaces/nowhere/configmaps/none' })))).toEqual(['isAlreadyGone']);
  });

  test('a terminating namespace takes nothing new, but changes and deletions', async () => {
    await real.namespace('ending');
    const old = await real.apply(configMap('old', { a: '1' }, { namespace: 'ending' }));
    await context.kube.delete('/api/v1/namespaces/ending');
    await expectError(real.apply(configMap('web', {}, { namespace: 'ending' })), ['isTerminatingNamespace'], 'FLT5106', /namespace is being deleted/, /wait/);
    await real.apply(configMap('old', { a: '2' }, { namespace: 'ending' }));
    const at = { namespace: 'ending', name: 'old' };
    expect(await deleteObject(real.connection, real.resource({ apiVersion: 'v1', kind: 'ConfigMap' }), at, { uid: old.metadata.uid, propagation: 'Background' })).toBe('deleted');
  });

  test.each<[string, object, RegExp]>([
    ['an unknown field', { replica: 2 }, /\.spec\.replica: field not declared in schema/],
    ['a wrong type', { replicas: 'two' }, /\.spec\.replicas: expected numeric/],
    ['a key twice in a list', {
      template: { metadata: { labels: { app: 'typed' } }, spec: { containers: [{ name: 'a', image: 'a' }, { name: 'a', image: 'b' }] } },
    }, /containers: duplicate entries/],
  ])('%s in an apply is a fault of the manifest, not of the server', async (_, spec, what) => {
    await expectError(real.apply(deployment('typed', spec)), ['isTypedPatchFailure'], 'FLT5103', what, /kubectl explain/);
  });

  test('an unknown field of a custom resource is the same', async () => {
    await real.apply(widgetDefinition('typed.example', { type: 'object', properties: { spec: { type: 'object', properties: { size: { type: 'integer' } } } } }));
    const manifest = { apiVersion: 'typed.example/v1', kind: 'Widget', metadata: { name: 'a', namespace: 'default' }, spec: { sise: 1 } };
    await waitUntil('the kind is discovered', async () => {
      await real.discovery.refresh();
      return real.discovery.find({ group: 'typed.example', kind: 'Widget' });
    });
    await waitUntil('the kind is served', async () => real.connection.request({ method: 'GET', path: '/apis/typed.example/v1/widgets' }).then(() => true));
    const error = await waitUntil('its schema is used', async () => {
      const refused = await failure(real.apply(manifest));
      return classify.isNotServed(refused) ? undefined : refused;
    });
    expect(yes(error)).toEqual(['isTypedPatchFailure']);
  });

  test('a conflict of fields names them and their owners', async () => {
    await context.kube.apply(configMap('owned', { a: '1' }), { fieldManager: 'somebody' });
    await expectError(
      real.apply(configMap('owned', { a: '2' }), { force: false }), ['isFieldConflict'], 'FLT5108', /\.data\.a: conflict with "somebody"/, /force/,
    );
  });

  test('a stale version and a wrong uid are stale', async () => {
    const { metadata } = await real.apply(configMap('stale', { a: '1' }));
    await real.apply(configMap('stale', { a: '2' }));
    const manifest = { ...configMap('stale', { a: '3' }), metadata: { name: 'stale', namespace: 'default', resourceVersion: metadata.resourceVersion } };
    await expectError(real.connection.request({ method: 'PUT', path: `${configMaps}/stale`, body: manifest }), ['isStale'], 'FLT5108', /at the same time/, /again/);
    const preconditions = { uid: '00000000-0000-0000-0000-000000000000' };
    expect(yes(await failure(real.connection.request({ method: 'DELETE', path: `${configMaps}/stale`, body: { preconditions } })))).toEqual(['isStale']);
  });

  test('a creation of what is there has a reason of its own', async () => {
    await real.apply(configMap('there', {}));
    const create = real.connection.request({ method: 'POST', path: configMaps, body: configMap('there', {}) });
    await expectError(create, ['isAlreadyExists'], 'FLT5108', /at the same time/, /again/);
  });

  test('RBAC: who may not do what, and the command that checks it', async () => {
    const nobody = await real.as('nobody');
    const request = nobody.request({
      method: 'PATCH', path: `${configMaps}/denied`, contentType: 'application/apply-patch+yaml', query: { fieldManager: 'x' }, body: configMap('denied', {}),
    });
    await expectError(
      request, ['isForbidden'], 'FLT5101', /'nobody' may not patch configmaps in the namespace 'default'/, /kubectl --context test auth can-i patch configmaps -n default`/, nobody,
    );
  });

  test('RBAC: the creation by an apply needs the verb create', async () => {
    await real.apply({
      apiVersion: 'rbac.authorization.k8s.io/v1',
      kind: 'Role',
      metadata: { name: 'patcher', namespace: 'default' },
      rules: [{ apiGroups: ['', 'rbac.authorization.k8s.io'], resources: ['configmaps', 'roles'], verbs: ['get', 'patch'] },
        { apiGroups: ['rbac.authorization.k8s.io'], resources: ['roles'], verbs: ['create'] }],
    });
    await real.apply({
      apiVersion: 'rbac.authorization.k8s.io/v1',
      kind: 'RoleBinding',
      metadata: { name: 'patcher', namespace: 'default' },
      roleRef: { apiGroup: 'rbac.authorization.k8s.io', kind: 'Role', name: 'patcher' },
      subjects: [{ apiGroup: 'rbac.authorization.k8s.io', kind: 'User', name: 'limited' }],
    });
    const limited = await real.as('limited');
    const create = async () => limited.request({
      method: 'PATCH', path: `${configMaps}/denied`, contentType: 'application/apply-patch+yaml', query: { fieldManager: 'x', dryRun: 'All' }, body: configMap('denied', {}),
    });
    await waitUntil('the role is in force', async () => classify.isForbidden(await failure(create())));
    await expectError(create(), ['isForbidden'], 'FLT5101', /'limited' may not create configmaps/, /auth can-i create configmaps/, limited);
  });

  test('RBAC: nobody grants what they do not hold', async () => {
    const limited = await real.as('limited');
    const role = {
      apiVersion: 'rbac.authorization.k8s.io/v1',
      kind: 'Role',
      metadata: { name: 'too-much', namespace: 'default' },
      rules: [{ apiGroups: [''], resources: ['secrets'], verbs: ['get'] }],
    };
    const grant = limited.request({
      method: 'PATCH',
      path: '/apis/rbac.authorization.k8s.io/v1/namespaces/default/roles/too-much',
      contentType: 'application/apply-patch+yaml',
      query: { fieldManager: 'x' },
      body: role,
    });
    await expectError(grant, ['isForbidden'], 'FLT5101', /permissions that its deliverer does not hold/, /escalate/, limited);
  });

  describe('an admission policy', () => {
    beforeAll(async () => {
      const policy = (name: string, reason?: string) => ({
        apiVersion: 'admissionregistration.k8s.io/v1',
        kind: 'ValidatingAdmissionPolicy',
        metadata: { name },
        spec: {
          matchConstraints: { resourceRules: [{ apiGroups: [''], apiVersions: ['v1'], resources: ['configmaps'], operations: ['CREATE', 'UPDATE'] }] },
          validations: [{ expression: `object.metadata.name != '${name}'`, message: 'not here', ...(reason ? { reason } : {}) }],
        },
      });
      for (const [name, reason] of [['by-policy', undefined], ['forbidden-by-policy', 'Forbidden']] as const) {
        await real.apply(policy(name, reason));
        await real.apply({
          apiVersion: 'admissionregistration.k8s.io/v1',
          kind: 'ValidatingAdmissionPolicyBinding',
          metadata: { name },
          spec: { policyName: name, validationActions: ['Deny'] },
        });
        await waitUntil('the policy is in force', async () => real.apply(configMap(name, {}), { dryRun: true }).then(() => false, () => true));
      }
    });

    test('that forbids is no matter of RBAC', async () => {
      await expectError(real.apply(configMap('forbidden-by-policy', {})), ['isForbidden'], 'FLT5101', /admission control: .*denied request: not here/, /policy/);
    });

    test('that calls an object invalid makes no field immutable', async () => {
      await expectError(real.apply(configMap('by-policy', {})), [], 'FLT5102', /denied request: not here/, /correct/);
    });
  });

  test('an invalid manifest: the causes of the server, a line each', async () => {
    const manifest = deployment('invalid', { replicas: -1, template: { metadata: { labels: { app: 'other' } }, spec: { containers: [{ name: 'A', image: '' }] } } });
    const error = await failure(real.apply(manifest));
    expect(yes(error)).toEqual([]);
    const { code, what } = objectError(real.connection, 'Deployment.apps/default/invalid', error);
    expect(code).toBe('FLT5102');
    expect(what.split('\n').map(line => line.trim())).toEqual([
      expect.stringMatching(/^Deployment\.apps\/default\/invalid is not valid: spec\.replicas: Invalid value: -1/),
      expect.stringMatching(/^spec\.template\.metadata\.labels: Invalid value/),
      expect.stringMatching(/^spec\.template\.spec\.containers\[0\]\.name: Invalid value: "A"/),
      expect.stringMatching(/^spec\.template\.spec\.containers\[0\]\.image: Required value/),
    ]);
  });

  test('an apiVersion that is not that of the path is an invalid manifest', async () => {
    const request = real.connection.request({
      method: 'PATCH', path: `${configMaps}/web`, contentType: 'application/apply-patch+yaml', query: { fieldManager: 'x' }, body: deployment('web'),
    });
    await expectError(request, [], 'FLT5102', /is not valid/, /correct/);
  });

  test('a token that nobody knows is unauthorized', async () => {
    const { kubeconfig, token } = context.plane.user('admin');
    const path = join(folder, 'unknown');
    writeFileSync(path, readFileSync(kubeconfig, 'utf8').replace(token, 'unknown'));
    const impostor = await real.as('admin', { kubeconfig: path });
    await expectError(impostor.request({ method: 'GET', path: '/api' }), ['isUnauthorized'], 'FLT5005', /does not accept the credentials/, /log in again/, impostor);
  });

  test('too many requests: a text, which is waited for, or an error after the tries', async () => {
    const limited = await real.as('limited', { retries: 0, concurrency: 60 });
    const patient = await real.as('limited', { concurrency: 60 });
    const flow = 'flowcontrol.apiserver.k8s.io/v1';
    await real.apply({
      apiVersion: flow,
      kind: 'PriorityLevelConfiguration',
      metadata: { name: 'tiny' },
      spec: { type: 'Limited', limited: { nominalConcurrencyShares: 1, lendablePercent: 0, borrowingLimitPercent: 0, limitResponse: { type: 'Reject' } } },
    });
    await real.apply({
      apiVersion: flow,
      kind: 'FlowSchema',
      metadata: { name: 'tiny' },
      spec: {
        priorityLevelConfiguration: { name: 'tiny' },
        matchingPrecedence: 2,
        rules: [{
          subjects: [{ kind: 'User', user: { name: 'limited' } }],
          resourceRules: [{ apiGroups: ['*'], resources: ['*'], verbs: ['*'], namespaces: ['*'], clusterScope: true }],
        }],
      },
    });
    const burst = async (connection: Connection) => Promise.allSettled(Array.from({ length: 60 }, async () => connection.request({ method: 'GET', path: `${configMaps}/owned` })));
    const error = await waitUntil('there are too many', async () => (await burst(limited)).map(result => result.status === 'rejected' ? result.reason as unknown : undefined).find(classify.isThrottled));
    expect(yes(error).sort()).toEqual(['isRetryable', 'isThrottled']);
    expect(error).toMatchObject({ status: 429, contentType: 'text/plain', details: { retryAfterSeconds: 1 } });
    expect(objectError(limited, 'x', error)).toMatchObject({ code: 'FLT5109', what: expect.stringMatching(/overloaded or not available \(429\)/) });

    const results = await burst(patient);
    expect(results.filter(result => result.status === 'fulfilled')).toHaveLength(60);
    expect(patient.requests.total).toBeGreaterThan(60);
  });
});

test('what is no error of an API server is none of these', () => {
  expect(yes(new Error('x'))).toEqual([]);
  expect(yes(undefined)).toEqual([]);
});
