import { refusal, runCases, type Case, type Step } from './cases';
import { conforms } from './conforms';

const MERGE = 'application/merge-patch+json';
const made: Step = ['POST configmaps', { body: { metadata: { name: 'a' } } }, 201];
const held: Step = ['POST configmaps', { body: { metadata: { name: 'f', finalizers: ['a.b/c'] } } }, 201];
const released: Step = ['PATCH configmaps/f', { type: MERGE, body: { metadata: { finalizers: null } } }, 200];
const success = (details: object) => ({ kind: 'Status', apiVersion: 'v1', status: 'Success', details });
const OPTIONS = { group: 'meta.k8s.io', kind: 'DeleteOptions' };
const pods = { metadata: { labels: { app: 'web' } }, spec: { containers: [{ name: 'a', image: 'a' }] } };
const DEPLOYMENTS = '/apis/apps/v1/namespaces/$ns/deployments';
const JOBS = '/apis/batch/v1/namespaces/$ns/jobs';
const deployed: Step = [`POST ${DEPLOYMENTS}`, { body: { metadata: { name: 'd' }, spec: { selector: { matchLabels: { app: 'web' } }, template: pods } } }, 201];
const job: Step = [`POST ${JOBS}`, { body: { metadata: { name: 'j' }, spec: { template: { spec: { restartPolicy: 'Never', containers: [{ name: 'a', image: 'b' }] } } } } }, 201];

const deletes: readonly Case[] = [
  ['a ConfigMap is deleted with a Status', made, ['DELETE configmaps/a', undefined, 200, success({ name: 'a', kind: 'configmaps', uid: expect.any(String) })], ['GET configmaps/a', undefined, 404]],
  ['a Status of a deletion names the group', deployed, [`DELETE ${DEPLOYMENTS}/d`, undefined, 200, success({ name: 'd', group: 'apps', kind: 'deployments', uid: expect.any(String) })]],
  ['a ServiceAccount is deleted with itself', ['POST serviceaccounts', { body: { metadata: { name: 's' } } }, 201], ['DELETE serviceaccounts/s', undefined, 200, { kind: 'ServiceAccount', metadata: { name: 's' } }]],
  ['a Service is deleted with itself', ['POST services', { body: { metadata: { name: 's' }, spec: { ports: [{ port: 80 }] } } }, 201], ['DELETE services/s', undefined, 200, { kind: 'Service', metadata: { name: 's' } }]],
  ['what is not there is not deleted', ['DELETE configmaps/nope', undefined, 404, refusal('NotFound', 'configmaps "nope" not found', { name: 'nope', kind: 'configmaps' })]],
  ['another uid is a conflict', made, ['DELETE configmaps/a', { body: { preconditions: { uid: 'x' } } }, 409, refusal('Conflict',
    expect.stringMatching(/^Operation cannot be fulfilled on ConfigMap "a": the UID in the precondition \(x\) does not match the UID in record \([-0-9a-f]{36}\)\. The object might have been deleted and then recreated$/), { name: 'a', kind: 'ConfigMap' })]],
  ['another version is a conflict', made, ['DELETE configmaps/a', { body: { preconditions: { resourceVersion: '1' } } }, 409, refusal('Conflict',
    expect.stringMatching(/^Operation cannot be fulfilled on ConfigMap "a": the ResourceVersion in the precondition \(1\) does not match the ResourceVersion in record \(\d+\)\. The object might have been modified$/), { name: 'a', kind: 'ConfigMap' })]],
  ['a policy is a known word', made, ['DELETE configmaps/a', { body: { propagationPolicy: 'Bla' } }, 422, refusal('Invalid',
    'DeleteOptions.meta.k8s.io "" is invalid: propagationPolicy: Unsupported value: "Bla": supported values: "Foreground", "Background", "Orphan", "nil"', OPTIONS)]],
  ['a policy is said once', made, ['DELETE configmaps/a?propagationPolicy=Background&orphanDependents=true', undefined, 422, refusal('Invalid',
    'DeleteOptions.meta.k8s.io "" is invalid: propagationPolicy: Invalid value: "Background": orphanDependents and deletionPropagation cannot be both set', OPTIONS)]],
  ['a dry run deletes nothing', made, ['DELETE configmaps/a', { body: { dryRun: ['All'] } }, 200, success({ name: 'a' })], ['DELETE configmaps/a?dryRun=All', undefined, 200], ['GET configmaps/a', undefined, 200]],
  ['a body is of the kind DeleteOptions', made, ['DELETE configmaps/a', { body: { kind: 'Foo', apiVersion: 'v1' } }, 400, refusal('BadRequest', 'no kind "Foo" is registered for version "v1" in scheme "pkg/runtime/scheme.go:111"')]],
  ['a finalizer keeps an object', held, ['DELETE configmaps/f', undefined, 200, { kind: 'ConfigMap', metadata: { deletionTimestamp: expect.any(String), deletionGracePeriodSeconds: 0, finalizers: ['a.b/c'] } }],
    ['GET configmaps/f', undefined, 200], released, ['GET configmaps/f', undefined, 404]],
  ['what is being deleted gets no new finalizers', held, ['DELETE configmaps/f', undefined, 200],
    ['PATCH configmaps/f', { type: MERGE, body: { metadata: { finalizers: ['a.b/c', 'd.e/f'] } } }, 422, refusal('Invalid',
      'ConfigMap "f" is invalid: metadata.finalizers: Forbidden: no new finalizers can be added if the object is being deleted, found new finalizers []string{"d.e/f"}')], released],
  ['what is being deleted can be changed', held, ['DELETE configmaps/f', undefined, 200], ['PATCH configmaps/f', { type: MERGE, body: { data: { k: 'v' } } }, 200, { data: { k: 'v' } }], released],
  ['deleting twice is fine', held, ['DELETE configmaps/f', undefined, 200], ['DELETE configmaps/f', undefined, 200, { metadata: { finalizers: ['a.b/c'] } }], released],
  ['foreground deletion is a finalizer', deployed, [`DELETE ${DEPLOYMENTS}/d?propagationPolicy=Foreground`, undefined, 200, { kind: 'Deployment', metadata: { finalizers: ['foregroundDeletion'], deletionTimestamp: expect.any(String), generation: 2 } }]],
  ['orphaning is a finalizer', deployed, [`DELETE ${DEPLOYMENTS}/d`, { body: { propagationPolicy: 'Orphan' } }, 200, { kind: 'Deployment', metadata: { finalizers: ['orphan'] } }]],
  ['background deletion is at once', deployed, [`DELETE ${DEPLOYMENTS}/d`, { body: { propagationPolicy: 'Background' } }, 200, success({ name: 'd' })], [`GET ${DEPLOYMENTS}/d`, undefined, 404]],
  ['a Job leaves its Pods, unless told otherwise, and says so', job, [`DELETE ${JOBS}/j`, undefined, 200, { kind: 'Job', metadata: { finalizers: ['orphan'] } }, {
    warning: '299 - "child pods are preserved by default when jobs are deleted; set propagationPolicy=Background to remove them or set propagationPolicy=Orphan to suppress this warning"',
  }]],
  ['a Job is deleted in the background when told to', job, [`DELETE ${JOBS}/j?propagationPolicy=Background`, undefined, 200, success({ name: 'j', group: 'batch', kind: 'jobs' }), { warning: undefined }]],
  ['a Pod without a node has no grace', ['POST pods', { body: { metadata: { name: 'p' }, spec: pods.spec } }, 201], ['DELETE pods/p', undefined, 200, { kind: 'Pod', metadata: { name: 'p' } }], ['GET pods/p', undefined, 404]],
  ['a Pod with a node has its grace', ['POST pods', { body: { metadata: { name: 'p' }, spec: { ...pods.spec, nodeName: 'n' } } }, 201],
    ['DELETE pods/p', undefined, 200, { kind: 'Pod', metadata: { deletionTimestamp: expect.any(String), deletionGracePeriodSeconds: 30 } }],
    ['DELETE pods/p?gracePeriodSeconds=5', undefined, 200, { metadata: { deletionGracePeriodSeconds: 5 } }],
    ['DELETE pods/p?gracePeriodSeconds=0', undefined, 200], ['GET pods/p', undefined, 404]],
  ['a collection is deleted by its labels', ['POST configmaps', { body: { metadata: { name: 'x', labels: { q: '1' } } } }, 201], ['POST configmaps', { body: { metadata: { name: 'y' } } }, 201],
    ['DELETE configmaps?labelSelector=q%3D1', undefined, 200, { kind: 'ConfigMapList', items: [{ metadata: { name: 'x' } }] }], ['GET configmaps/x', undefined, 404], ['GET configmaps/y', undefined, 200]],
  ['a dry run of a collection deletes nothing', made, ['DELETE configmaps?dryRun=All', undefined, 200, { kind: 'ConfigMapList' }], ['GET configmaps/a', undefined, 200]],
  ['a collection of all namespaces is not deleted', ['DELETE /api/v1/configmaps', undefined, 405, refusal('MethodNotAllowed', 'the server does not allow this method on the requested resource', {})]],
];

const namespaces: readonly Case[] = [
  ['a deleted namespace is terminating', ['DELETE /api/v1/namespaces/$ns', undefined, 200, { kind: 'Namespace', metadata: { deletionTimestamp: expect.any(String) }, spec: { finalizers: ['kubernetes'] }, status: { phase: 'Terminating' } }]],
  ['a terminating namespace takes no new objects', ['DELETE /api/v1/namespaces/$ns', undefined, 200],
    ['POST configmaps', { body: { metadata: { name: 'f' } } }, 403, refusal('Forbidden', 'configmaps "f" is forbidden: unable to create new content in namespace $ns because it is being terminated', {
      name: 'f', kind: 'configmaps', causes: [{ reason: 'NamespaceTerminating', message: 'namespace $ns is being terminated', field: 'metadata.namespace' }],
    })]],
  ['what is in a terminating namespace can be changed and deleted', made, ['DELETE /api/v1/namespaces/$ns', undefined, 200], ['PATCH configmaps/a', { type: MERGE, body: { data: { k: 'v' } } }, 200], ['DELETE configmaps/a', undefined, 200]],
  ['a finalized namespace is gone', ['DELETE /api/v1/namespaces/$ns', undefined, 200], ['PUT /api/v1/namespaces/$ns/finalize', { body: { metadata: { name: '$ns' }, spec: { finalizers: [] } } }, 200, { kind: 'Namespace', spec: {} }],
    ['GET /api/v1/namespaces/$ns', undefined, 404]],
  ['the namespaces of the system are not deleted', ['DELETE /api/v1/namespaces/default', undefined, 403, refusal('Forbidden', 'namespaces "default" is forbidden: this namespace may not be deleted')],
    ['DELETE /api/v1/namespaces/kube-system', undefined, 403]],
];

conforms('deletions', target => {
  describe('objects', () => runCases(target, deletes));
  describe('namespaces', () => runCases(target, namespaces));
});
