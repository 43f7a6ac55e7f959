import { immutableFacts } from './immutable';
import type { ApiError } from '../../../lib/kube/api-error';
import { isForbidden, isImmutable, isRetryable, isTypedPatchFailure } from '../../../lib/kube/classify';
import { pauseBefore } from '../../../lib/kube/retry';
import type { Manifest } from '../../../lib/tree/manifest';
import type { KubeObject } from '../../control-plane/client';
import { describeWithCluster } from '../../control-plane/describe-cluster';
import type { HttpAnswer } from '../../control-plane/https-json';
import { waitUntil } from '../../control-plane/wait-until';
import { configMap, deployment, RealConnection, widgetDefinition } from '../real-connection';

const FOREGROUND = { propagationPolicy: 'Foreground' };
const group = 'rbac.authorization.k8s.io';

/** What the server's answers look like before test/kube/classify.test.ts reads them: every field that our questions look at. */
describeWithCluster('answers of the API server', {}, context => {
  const real = new RealConnection(context);
  const configMaps = '/api/v1/namespaces/default/configmaps';
  const apply = async (path: string, manifest: Manifest, more = '', user = 'admin'): Promise<HttpAnswer> => (
    context.plane.client(user).request('PATCH', `${path}?fieldManager=x&force=true${more}`, manifest, { 'content-type': 'application/apply-patch+yaml' })
  );
  const typeOf = ({ headers }: HttpAnswer) => String(headers['content-type']).split(';')[0];

  test('a group that nobody serves: 404 as plain text', async () => {
    const answer = await apply('/apis/no.example/v1/namespaces/default/widgets/a', { ...configMap('a', {}), apiVersion: 'no.example/v1', kind: 'Widget' });
    expect([answer.status, typeOf(answer), answer.body]).toEqual([404, 'text/plain', '404 page not found\n']);
  });

  test('a kind whose definition was just created: 404, as plain text or a Status without a name', async () => {
    const early: HttpAnswer[] = [];
    // The server may be quicker than our first request, some times.
    for (let i = 0; early.length === 0 && i < 10; i++) {
      await context.kube.create(widgetDefinition(`facts-${i}.example`) as KubeObject);
      const widget = { apiVersion: `facts-${i}.example/v1`, kind: 'Widget', metadata: { name: 'a', namespace: 'default' } };
      await waitUntil('it is served', async () => {
        const answer = await apply(`/apis/${widget.apiVersion}/namespaces/default/widgets/a`, widget);
        if (answer.status !== 201) early.push(answer);
        return answer.status === 201;
      }, { every: 2, timeout: 5_000 });
    }
    expect(early.length).toBeGreaterThan(0);
    for (const answer of early) {
      expect(answer.status).toBe(404);
      if (typeOf(answer) === 'text/plain') expect(answer.body).toBe('404 page not found\n');
      else expect(answer.body).toMatchObject({ kind: 'Status', reason: 'NotFound', details: expect.not.objectContaining({ name: expect.anything() }) });
    }
  });

  test.each(['', '&dryRun=All'])('a missing namespace: 404 that names it, by apply%s', async more => {
    const answer = await apply('/api/v1/namespaces/nowhere/configmaps/a', configMap('a', {}, { namespace: 'nowhere' }), more);
    expect(answer).toMatchObject({ status: 404, body: { reason: 'NotFound', details: { name: 'nowhere', kind: 'namespaces' } } });
  });

  test('a namespace that is going: 403 with the cause NamespaceTerminating for what is new, 200 for changes and deletions', async () => {
    await real.namespace('going');
    const path = '/api/v1/namespaces/going/configmaps';
    await apply(`${path}/old`, configMap('old', {}, { namespace: 'going' }));
    await context.kube.delete('/api/v1/namespaces/going');
    expect(await apply(`${path}/new`, configMap('new', {}, { namespace: 'going' }))).toMatchObject({
      status: 403, body: { reason: 'Forbidden', details: { name: 'new', kind: 'configmaps', causes: [{ reason: 'NamespaceTerminating', field: 'metadata.namespace' }] } },
    });
    expect((await apply(`${path}/old`, configMap('old', { a: '1' }, { namespace: 'going' }))).status).toBe(200);
    expect((await context.kube.request('DELETE', `${path}/old`)).status).toBe(200);
  });

  test.each<[string, object, RegExp]>([
    ['an unknown field', { replica: 2 }, /\.spec\.replica: field not declared in schema$/],
    ['a wrong type', { replicas: 'two' }, /\.spec\.replicas: expected numeric \(int or float\), got string$/],
    ['a key twice in a list', { template: { metadata: { labels: { app: 'typed' } }, spec: { containers: [{ name: 'a', image: 'a' }, { name: 'a', image: 'b' }] } } }, /\.spec\.template\.spec\.containers: duplicate entries for key \[name="a"\]$/],
  ])('%s in an apply: 500 without a reason, which no repetition mends', async (_, spec, message) => {
    const answer = await apply('/apis/apps/v1/namespaces/default/deployments/typed', deployment('typed', spec));
    expect(answer.status).toBe(500);
    expect(answer.body).toMatchObject({ kind: 'Status', message: expect.stringMatching(/^failed to create typed patch object \(default\/typed; apps\/v1, Kind=Deployment\): /), code: 500 });
    expect(answer.body).toMatchObject({ message: expect.stringMatching(message) });
    expect((answer.body as { reason?: string }).reason ?? '').toBe('');
    const error = await real.apply(deployment('typed', spec)).then(() => undefined, (e: ApiError) => e);
    expect([isTypedPatchFailure(error), isRetryable(error)]).toEqual([true, false]);
    const request = { method: 'PATCH' as const, path: '', contentType: 'application/apply-patch+yaml' };
    expect(pauseBefore(request, error!, { tries: 1, spentMs: 0, retries: 3, answered: true })).toBeUndefined();
  });

  test('a conflict without force: 409 with a cause a field, which names the field and its manager', async () => {
    await context.kube.apply(configMap('owned', { a: '1', b: '1' }) as KubeObject, { fieldManager: 'somebody' });
    const answer = await context.kube.request('PATCH', `${configMaps}/owned?fieldManager=x`, configMap('owned', { a: '2', b: '2' }), { 'content-type': 'application/apply-patch+yaml' });
    expect(answer).toMatchObject({
      status: 409,
      body: {
        reason: 'Conflict',
        details: { causes: ['a', 'b'].map(key => ({ reason: 'FieldManagerConflict', message: 'conflict with "somebody"', field: `.data.${key}` })) },
      },
    });
  });

  test('a stale version and a wrong precondition: 409 Conflict without causes; an object that is gone: 404 with its name', async () => {
    await context.kube.apply(configMap('stale', { a: '1' }) as KubeObject);
    const stale = await context.kube.request('PUT', `${configMaps}/stale`, configMap('stale', {}, { resourceVersion: '1' }));
    const wrong = await context.kube.request('DELETE', `${configMaps}/stale`, { preconditions: { uid: '00000000-0000-0000-0000-000000000000' } });
    for (const { status, body } of [stale, wrong]) {
      expect([status, body]).toEqual([409, expect.objectContaining({ reason: 'Conflict', details: expect.not.objectContaining({ causes: expect.anything() }) })]);
    }
    expect(await context.kube.request('DELETE', `${configMaps}/none`)).toMatchObject({ status: 404, body: { reason: 'NotFound', details: { name: 'none', kind: 'configmaps' } } });
  });

  test('a creation of what is there: 409 AlreadyExists, with its name', async () => {
    await context.kube.apply(configMap('there', {}) as KubeObject);
    expect(await context.kube.request('POST', configMaps, configMap('there', {}))).toMatchObject({
      status: 409, body: { reason: 'AlreadyExists', details: { name: 'there', kind: 'configmaps' } },
    });
  });

  describe('RBAC', () => {
    const grant = async (user: string, verbs: string[]): Promise<void> => {
      const metadata = { name: user, namespace: 'default' };
      await real.apply({ apiVersion: `${group}/v1`, kind: 'Role', metadata, rules: [{ apiGroups: [''], resources: ['configmaps'], verbs }, { apiGroups: [group], resources: ['roles'], verbs: ['create', 'patch'] }] });
      await real.apply({ apiVersion: `${group}/v1`, kind: 'RoleBinding', metadata, roleRef: { apiGroup: group, kind: 'Role', name: user }, subjects: [{ apiGroup: group, kind: 'User', name: user }] });
      await waitUntil('the role is in force', async () => (await apply(`${configMaps}/there`, configMap('there', {}), '&dryRun=All', user)).status === (verbs.includes('patch') ? 200 : 403));
    };

    test.each<[string, string[], string]>([['tenant', ['create'], 'patch'], ['limited', ['patch'], 'create']])(
      'creating by an apply needs both verbs, in a dry run too: %s has %j', async (user, verbs, missing) => {
        await context.kube.apply(configMap('there', {}) as KubeObject);
        await grant(user, verbs);
        for (const more of ['', '&dryRun=All']) {
          const answer = await apply(`${configMaps}/denied`, configMap('denied', {}), more, user);
          expect(answer).toMatchObject({
            status: 403,
            body: { reason: 'Forbidden', message: expect.stringContaining(`User "${user}" cannot ${missing} resource "configmaps" in API group "" in the namespace "default"`), details: { name: 'denied', kind: 'configmaps' } },
          });
        }
      },
    );

    test('granting what one does not hold: 403 in words of its own', async () => {
      const role = { apiVersion: `${group}/v1`, kind: 'Role', metadata: { name: 'more', namespace: 'default' }, rules: [{ apiGroups: [''], resources: ['secrets'], verbs: ['get'] }] };
      const answer = await apply(`/apis/${group}/v1/namespaces/default/roles/more`, role, '', 'limited');
      expect(answer).toMatchObject({ status: 403, body: { reason: 'Forbidden', message: expect.stringContaining('is attempting to grant RBAC permissions not currently held') } });
      const limited = await real.as('limited');
      const error = await limited.request({ method: 'PATCH', path: `/apis/${group}/v1/namespaces/default/roles/more`, contentType: 'application/apply-patch+yaml', query: { fieldManager: 'x' }, body: role }).then(() => undefined, (e: ApiError) => e);
      expect([isForbidden(error), isImmutable(error)]).toEqual([true, false]);
    });
  });

  describe('a deletion', () => {
    test('in the foreground: the object, with its time and a finalizer; an apply onto it is a 200, and it goes all the same', async () => {
      const path = '/apis/apps/v1/namespaces/default/deployments/fore';
      const { metadata } = await context.kube.apply(deployment('fore') as KubeObject);
      const answer = await context.kube.request('DELETE', path, FOREGROUND);
      expect(answer).toMatchObject({
        status: 200, body: { kind: 'Deployment', metadata: { uid: metadata.uid, deletionTimestamp: expect.any(String), finalizers: ['foregroundDeletion'] } },
      });
      const applied = await apply(path, deployment('fore', { replicas: 2 }));
      expect(applied).toMatchObject({ status: 200, body: { spec: { replicas: 2 }, metadata: { uid: metadata.uid, deletionTimestamp: expect.any(String) } } });
    });

    test.each([['in the background', { propagationPolicy: 'Background' }], ['as the server likes', undefined]])('%s: a Status with the uid', async (_, options) => {
      const { metadata } = await context.kube.apply(configMap('back', {}) as KubeObject);
      expect(await context.kube.request('DELETE', `${configMaps}/back`, options)).toMatchObject({
        status: 200, body: { kind: 'Status', status: 'Success', details: { name: 'back', kind: 'configmaps', uid: metadata.uid } },
      });
      expect((await context.kube.request('GET', `${configMaps}/back`)).status).toBe(404);
    });

    test('as a dry run that is asked for in the query alone, beside options in the body, deletes', async () => {
      await context.kube.apply(configMap('dry', {}) as KubeObject);
      expect((await context.kube.request('DELETE', `${configMaps}/dry?dryRun=All`, { propagationPolicy: 'Background' })).status).toBe(200);
      expect((await context.kube.request('GET', `${configMaps}/dry`)).status).toBe(404);
    });
  });

  describe('what cannot be changed', () => immutableFacts(context, real));
});
