import { refusal, runCases, type Case, type Step } from './cases';
import { conforms } from './conforms';

const MERGE = 'application/merge-patch+json';
const pods = { metadata: { labels: { app: 'web' } }, spec: { containers: [{ name: 'a', image: 'a' }] } };
const DEPLOYMENTS = '/apis/apps/v1/namespaces/$ns/deployments';
const deployed: Step = [`POST ${DEPLOYMENTS}`, { body: { metadata: { name: 'x', labels: { l: '1' } }, spec: { replicas: 2, selector: { matchLabels: { app: 'web' } }, template: pods } } }, 201];
const pod: Step = ['POST pods', { body: { metadata: { name: 'p', labels: { app: 'web' } }, spec: pods.spec } }, 201];
const scale = { kind: 'Scale', apiVersion: 'autoscaling/v1', metadata: { name: 'x', namespace: '$ns', uid: expect.any(String) } };

const scales: readonly Case[] = [
  ['a Scale shows replicas and selector', deployed, [`GET ${DEPLOYMENTS}/x/scale`, undefined, 200, { ...scale, spec: { replicas: 2 }, status: { replicas: 0, selector: 'app=web' } }]],
  ['a patched Scale changes the object, another generation', deployed, [`PATCH ${DEPLOYMENTS}/x/scale?fieldManager=me`, { type: MERGE, body: { spec: { replicas: 3 } } }, 200, { ...scale, spec: { replicas: 3 } }],
    [`GET ${DEPLOYMENTS}/x`, undefined, 200, { metadata: { generation: 2 }, spec: { replicas: 3 } }]],
  ['who scales owns the number', deployed, [`PATCH ${DEPLOYMENTS}/x/scale?fieldManager=me`, { type: MERGE, body: { spec: { replicas: 3 } } }, 200],
    [`GET ${DEPLOYMENTS}/x`, undefined, 200, { metadata: { managedFields: [{ manager: 'me', operation: 'Update', apiVersion: 'apps/v1', fieldsV1: { 'f:spec': { 'f:replicas': {} } }, subresource: 'scale' }, {}] } }]],
  ['a Scale is PUT', deployed, [`PUT ${DEPLOYMENTS}/x/scale`, { body: { metadata: { name: 'x' }, spec: { replicas: 5 } } }, 200, { ...scale, spec: { replicas: 5 } }]],
  ['a Scale has a name', deployed, [`PUT ${DEPLOYMENTS}/x/scale`, { body: { spec: { replicas: 3 } } }, 400, refusal('BadRequest', 'the name of the object (x based on URL) was undeterminable: name must be provided')]],
  ['a Scale is not below 0', deployed, [`PUT ${DEPLOYMENTS}/x/scale`, { body: { metadata: { name: 'x' }, spec: { replicas: -3 } } }, 422,
    refusal('Invalid', 'Scale.autoscaling "x" is invalid: spec.replicas: Invalid value: -3: must be greater than or equal to 0', { name: 'x', group: 'autoscaling', kind: 'Scale' })]],
  ['a stale Scale is a conflict', deployed, [`PUT ${DEPLOYMENTS}/x/scale`, { body: { metadata: { name: 'x', resourceVersion: '1' }, spec: { replicas: 3 } } }, 409, refusal('Conflict', expect.stringContaining('the object has been modified'))]],
  ['a Scale of what is not there is not found', [`GET ${DEPLOYMENTS}/nope/scale`, undefined, 404, refusal('NotFound', 'deployments.apps "nope" not found')]],
];

const statuses: readonly Case[] = [
  ['a status is not created', [`POST ${DEPLOYMENTS}`, { body: { metadata: { name: 'x' }, spec: { selector: { matchLabels: { app: 'web' } }, template: pods }, status: { replicas: 7 } } }, 201, { status: {} }]],
  ['a write to an object leaves its status', deployed, [`PATCH ${DEPLOYMENTS}/x/status`, { type: MERGE, body: { status: { replicas: 2 } } }, 200, { status: { replicas: 2 } }],
    [`PATCH ${DEPLOYMENTS}/x`, { type: MERGE, body: { status: { replicas: 9 }, metadata: { labels: { a: 'b' } } } }, 200, { metadata: { labels: { a: 'b' } }, status: { replicas: 2 } }]],
  ['a write to a status leaves the rest', deployed, [`PATCH ${DEPLOYMENTS}/x/status`, { type: MERGE, body: { spec: { replicas: 9 }, metadata: { labels: { a: 'b' }, annotations: { c: 'd' } }, status: { replicas: 1 } } }, 200,
    { metadata: { generation: 1, labels: { l: '1' }, annotations: { c: 'd' } }, spec: { replicas: 2 }, status: { replicas: 1 } }]],
  ['who writes a status owns it as such', deployed, [`PATCH ${DEPLOYMENTS}/x/status?fieldManager=ctl`, { type: MERGE, body: { status: { replicas: 1 } } }, 200,
    { metadata: { managedFields: expect.arrayContaining([expect.objectContaining({ manager: 'ctl', operation: 'Update', subresource: 'status', fieldsV1: { 'f:status': { 'f:replicas': {} } } })]) } }]],
  ['a status is read with its object', deployed, [`GET ${DEPLOYMENTS}/x/status`, undefined, 200, { kind: 'Deployment', spec: { replicas: 2 } }]],
  ['a status is applied', deployed, [`PATCH ${DEPLOYMENTS}/x/status?fieldManager=ctl`, { type: 'application/apply-patch+yaml', body: { apiVersion: 'apps/v1', kind: 'Deployment', metadata: { name: 'x' }, status: { replicas: 1 } } }, 200, { status: { replicas: 1 }, spec: { replicas: 2 } }]],
  ['a Pod is pending, with its class', pod, ['GET pods/p', undefined, 200, { status: { phase: 'Pending', qosClass: 'BestEffort' } }]],
  ['a Pod gets its status', pod, ['PATCH pods/p/status', { type: MERGE, body: { status: { phase: 'Running' } } }, 200, { status: { phase: 'Running', qosClass: 'BestEffort' } }]],
];

const others: readonly Case[] = [
  ['a Pod is bound to a node', pod, ['POST pods/p/binding', { body: { metadata: { name: 'p' }, target: { kind: 'Node', name: 'n' } } }, 201, { kind: 'Status', status: 'Success' }],
    ['GET pods/p', undefined, 200, { spec: { nodeName: 'n' }, status: { conditions: [{ type: 'PodScheduled', status: 'True' }] } }]],
  ['a Pod is bound once', pod, ['POST pods/p/binding', { body: { metadata: { name: 'p' }, target: { kind: 'Node', name: 'n' } } }, 201],
    ['POST pods/p/binding', { body: { metadata: { name: 'p' }, target: { kind: 'Node', name: 'm' } } }, 409, refusal('Conflict', 'Operation cannot be fulfilled on pods/binding "p": pod p is already assigned to node "n"')]],
  ['a Pod is evicted', pod, ['POST pods/p/eviction', { body: { apiVersion: 'policy/v1', kind: 'Eviction', metadata: { name: 'p', namespace: '$ns' } } }, 201, { kind: 'Status', status: 'Success', code: 201 }], ['GET pods/p', undefined, 404]],
  ['a Pod is not evicted against its budget', pod, ['PATCH pods/p/status', { type: MERGE, body: { status: { phase: 'Running' } } }, 200],
    ['POST /apis/policy/v1/namespaces/$ns/poddisruptionbudgets', { body: { metadata: { name: 'b' }, spec: { minAvailable: 1, selector: { matchLabels: { app: 'web' } } } } }, 201],
    ['POST pods/p/eviction', { body: { apiVersion: 'policy/v1', kind: 'Eviction', metadata: { name: 'p', namespace: '$ns' } } }, 429, refusal('TooManyRequests', "Cannot evict pod as it would violate the pod's disruption budget.", {
      causes: [{ reason: 'DisruptionBudget', message: 'The disruption budget b is still being processed by the server.' }], retryAfterSeconds: 10,
    }), { 'retry-after': '10' }]],
  ['a ServiceAccount gets a token', ['POST serviceaccounts', { body: { metadata: { name: 's' } } }, 201],
    ['POST serviceaccounts/s/token', { body: { spec: { expirationSeconds: 3600 } } }, 201, { kind: 'TokenRequest', apiVersion: 'authentication.k8s.io/v1', status: { token: expect.stringMatching(/^[\w-]+\.[\w-]+\.[\w-]+$/), expirationTimestamp: expect.any(String) } }]],
  ['a token lasts ten minutes at least', ['POST serviceaccounts', { body: { metadata: { name: 's' } } }, 201],
    ['POST serviceaccounts/s/token', { body: { spec: { expirationSeconds: 5 } } }, 422, refusal('Invalid', expect.stringContaining('may not specify a duration less than 10 minutes'))]],
  ['a token is of a ServiceAccount that is there', ['POST serviceaccounts/nope/token', { body: {} }, 404, refusal('NotFound', 'serviceaccounts "nope" not found')]],
];

conforms('subresources', target => {
  describe('scale', () => runCases(target, scales));
  describe('status', () => runCases(target, statuses));
  describe('binding, eviction, token', () => runCases(target, others));
});
