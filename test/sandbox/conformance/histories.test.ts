import { refusal, runCases, type Case, type Step } from './cases';
import { conforms } from './conforms';
import { gadget, widget } from '../schema/definitions';

/** What random histories (test/sandbox/differential) found the two servers to differ in, each as small as it can be. */
const JSON_PATCH = 'application/json-patch+json';
const MERGE = 'application/merge-patch+json';
const STRATEGIC = 'application/strategic-merge-patch+json';
const APPLY = 'application/apply-patch+yaml';

const invalid = (message: string): object => refusal('Invalid', expect.stringContaining(message));
const at = (group: string, plural: string) => `/apis/${group}/namespaces/$ns/${plural}`;
const [DEPLOYMENTS, SETS, DAEMONS, JOBS] = [at('apps/v1', 'deployments'), at('apps/v1', 'statefulsets'), at('apps/v1', 'daemonsets'), at('batch/v1', 'jobs')];
const [SCALERS, BUDGETS, WIDGETS, GADGETS] = [at('autoscaling/v2', 'horizontalpodautoscalers'), at('policy/v1', 'poddisruptionbudgets'), at('example.com/v1', 'widgets'), at('example.com/v1', 'gadgets')];

const pods = (spec: object = {}) => ({ metadata: { labels: { app: 'a' } }, spec: { containers: [{ name: 'a', image: 'a' }], ...spec } });
const workload = (spec: object = {}, podSpec: object = {}) => ({ metadata: { name: 'a' }, spec: { selector: { matchLabels: { app: 'a' } }, template: pods(podSpec), ...spec } });
const job = (spec: object = {}) => ({ metadata: { name: 'a' }, spec: { template: { spec: { containers: [{ name: 'a', image: 'a' }], restartPolicy: 'Never' } }, ...spec } });
const applied = (kind: string, body: object) => ({ type: APPLY, body: { apiVersion: 'example.com/v1', kind, metadata: { name: 'a' }, ...body } });
const held = (path: string, body: object): Step => [`POST ${path}`, { body }, 201];
const ports = { containers: [{ name: 'a', image: 'a', ports: [{ containerPort: 80 }] }, { name: 'b', image: 'b', ports: [{ containerPort: 80 }] }] };
const warns = (message: string) => ({ warning: `299 - ${JSON.stringify(message)}` });

const words: readonly Case[] = [
  ['what a patch leaves without a name cannot be placed', held('configmaps', { metadata: { name: 'a' } }),
    ['PATCH configmaps/a', { type: MERGE, body: { metadata: null } }, 400, refusal('BadRequest', 'the name of the object (a based on URL) was undeterminable: name must be provided')]],
  ['who creates what is being deleted is told so', held('configmaps', { metadata: { name: 'a', finalizers: ['example.com/a'] } }), ['DELETE configmaps/a', undefined, 200],
    ['POST configmaps', { body: { metadata: { name: 'a' } } }, 409, refusal('AlreadyExists', 'object is being deleted: configmaps "a" already exists')],
    ['PATCH configmaps/a', { type: MERGE, body: { metadata: { finalizers: null } } }, 200]],
  ['a precondition that does not hold names the group', held(DEPLOYMENTS, workload()),
    [`DELETE ${DEPLOYMENTS}/a`, { body: { kind: 'DeleteOptions', apiVersion: 'v1', preconditions: { uid: 'other' } } }, 409,
      refusal('Conflict', expect.stringMatching(/^Operation cannot be fulfilled on Deployment\.apps "a": the UID in the precondition/), { name: 'a', group: 'apps', kind: 'Deployment' })]],
  ['a patched object that cannot be read is shown with its keys in order', held('configmaps', { metadata: { name: 'a', labels: { x: 'one' } }, data: { b: '1', a: '<' } }),
    ['PATCH configmaps/a', { type: JSON_PATCH, body: [{ op: 'add', path: '/data/a0', value: 1 }] }, 422, invalid(String.raw`{\"apiVersion\":\"v1\",\"data\":{\"a\":\"\\u003c\",\"a0\":1,\"b\":\"1\"},\"kind\":\"ConfigMap\",\"metadata\":{\"name\":\"a\",\"namespace\":`)]],
  ['a patch of one object is not one of the other that shares its labels', held(JOBS, job()), [`PATCH ${JOBS}/a`, { type: STRATEGIC, body: { metadata: { labels: { 'job-name': null } } } }, 200, { spec: { template: { metadata: { labels: { 'job-name': 'a' } } } } }]],
  ['the order of a list is told as Go prints it', held(DEPLOYMENTS, workload()), [`PATCH ${DEPLOYMENTS}/a`, {
    type: STRATEGIC, body: { spec: { template: { spec: { 'containers': [{ name: 'b', image: 'b' }, { name: 'c', image: 'c' }], '$setElementOrder/containers': [{ name: 'c' }, { name: 'b' }] } } } },
  }, 500, refusal('', 'The order in patch list:\n[map[image:b name:b] map[image:c name:c]]\n doesn\'t match $setElementOrder list:\n[map[name:c] map[name:b]]\n')]],
  ['what is not being deleted cannot be written as such', held('configmaps', { metadata: { name: 'a' } }),
    ['PUT configmaps/a', { body: { metadata: { name: 'a', deletionTimestamp: '2020-01-01T00:00:00Z' } } }, 422, invalid('metadata.deletionTimestamp: Invalid value: "2020-01-01T00:00:00Z": field is immutable')]],
  ['a JSON patch that tests a text with signs of HTML fails, because those are written otherwise in an object', held('configmaps', { metadata: { name: 'a' }, data: { a: '<', b: '1' } }),
    ['PATCH configmaps/a', { type: JSON_PATCH, body: [{ op: 'test', path: '/data/b', value: '1' }] }, 200], ['PATCH configmaps/a', { type: JSON_PATCH, body: [{ op: 'test', path: '/data/a', value: '<' }] }, 422]],
  ['who deletes a Job that is not there is warned, too', [`DELETE ${JOBS}/a`, undefined, 404, undefined, { warning: expect.stringContaining('child pods are preserved by default') }]],
  ['what kept an object is told when it goes', held('configmaps', { metadata: { name: 'a', finalizers: ['example.com/a'] } }), ['DELETE configmaps/a?propagationPolicy=Orphan', undefined, 200, { metadata: { finalizers: ['example.com/a', 'orphan'] } }],
    ['PATCH configmaps/a', { type: MERGE, body: { metadata: { finalizers: ['orphan'] } } }, 200], ['DELETE configmaps/a?propagationPolicy=Background', undefined, 200]],
  ['a strategic patch that cannot be taken is shown itself', held('configmaps', { metadata: { name: 'a' } }),
    ['PATCH configmaps/a?fieldValidation=Strict', { type: STRATEGIC, body: { dat: 1 } }, 422, refusal('Invalid', ' "" is invalid: patch: Invalid value: "map[dat:1]": strict decoding error: unknown field "dat"')]],
  ['a time of creation stays', held('configmaps', { metadata: { name: 'a' } }),
    ['PUT configmaps/a', { body: { metadata: { name: 'a', creationTimestamp: '2020-01-01T00:00:00Z' } } }, 200, { metadata: { creationTimestamp: expect.not.stringContaining('2020') } }]],
];

const kinds: readonly Case[] = [
  ['a port that two containers have is warned of', [`POST ${DEPLOYMENTS}`, { body: workload({}, ports) }, 201, undefined,
    warns('spec.template.spec.containers[1].ports[0]: duplicate port definition with spec.template.spec.containers[0].ports[0]')]],
  ['a variable that hides another is warned of', [`POST ${DEPLOYMENTS}`, { body: workload({}, { containers: [{ name: 'a', image: 'a', env: [{ name: 'A', value: '1' }, { name: 'A', value: '2' }] }] }) }, 201, undefined,
    warns('spec.template.spec.containers[0].env[1]: hides previous definition of "A", which may be dropped when using apply')]],
  ['a warning does not come again with a write that leaves the spec', held(DEPLOYMENTS, workload({}, ports)), [`PATCH ${DEPLOYMENTS}/a`, { type: MERGE, body: { metadata: { labels: { x: 'one' } } } }, 200, undefined, { warning: undefined }]],
  ['the status of a Service has addresses only where it balances load', held('services', { metadata: { name: 'a' }, spec: { ports: [{ port: 80 }] } }),
    ['PATCH services/a/status', { type: MERGE, body: { status: { loadBalancer: { ingress: [{ ip: '192.0.2.1' }] } } } }, 422, invalid("status.loadBalancer.ingress: Forbidden: may only be used when `spec.type` is 'LoadBalancer'")]],
  ['no part of a status is more than all', held(DEPLOYMENTS, workload()),
    [`PATCH ${DEPLOYMENTS}/a/status`, { type: MERGE, body: { status: { replicas: 1, readyReplicas: 2 } } }, 422, invalid('status.readyReplicas: Invalid value: 2: cannot be greater than status.replicas')]],
  ['an autoscaler needs time for its policies', [`POST ${SCALERS}`, {
    body: { metadata: { name: 'a' }, spec: { maxReplicas: 1, scaleTargetRef: { apiVersion: 'apps/v1', kind: 'Deployment', name: 'a' }, behavior: { scaleUp: { policies: [{ type: 'Pods', value: 1 }] } } } },
  }, 422, invalid('spec.behavior.scaleUp.policies[0].periodSeconds: Invalid value: 0: must be greater than zero')]],
  ['a StatefulSet that waits for deletions has no rolling update', [`POST ${SETS}`, { body: workload({ serviceName: 'a', updateStrategy: { type: 'OnDelete', rollingUpdate: { partition: 1 } } }) }, 422,
    invalid('spec.updateStrategy.rollingUpdate: Invalid value: {"Partition":1,"MaxUnavailable":null}: only allowed for updateStrategy \'RollingUpdate\'')]],
  ['a selector of everything is another than none', held(BUDGETS, { metadata: { name: 'a' }, spec: { maxUnavailable: 1, selector: {} } }), [`PATCH ${BUDGETS}/a`, { type: MERGE, body: { spec: { selector: null } } }, 200, { metadata: { generation: 2 } }]],
  ['who creates a DaemonSet owns the generation of its template', [`POST ${DAEMONS}?fieldManager=alice`, { body: workload() }, 201,
    { metadata: { managedFields: [{ manager: 'alice', fieldsV1: { 'f:metadata': { 'f:annotations': { 'f:deprecated.daemonset.template.generation': {} } } } }] } }]],
  ['a DaemonSet that waits for deletions has all numbers of a rolling update or none', [`POST ${DAEMONS}`, { body: workload({ updateStrategy: { type: 'OnDelete', rollingUpdate: { maxSurge: 0 } } }) }, 201,
    { spec: { updateStrategy: { type: 'OnDelete', rollingUpdate: { maxUnavailable: 0, maxSurge: 0 } } } }]],
  ['a refusal quotes the Pods of a Job as the API server works with them', held(JOBS, job()),
    [`PATCH ${JOBS}/a`, { type: MERGE, body: { spec: { template: { spec: { terminationGracePeriodSeconds: 1 } } } } }, 422, invalid('"Spec":{"Volumes":null,"InitContainers":null,"Containers":[{"Name":"a","Image":"a","Command":null,')]],
  ['what changes in a claim is shown line by line', held('persistentvolumeclaims', { metadata: { name: 'a' }, spec: { accessModes: ['ReadWriteOnce'], resources: { requests: { storage: '1Gi' } } } }),
    ['PATCH persistentvolumeclaims/a', { type: MERGE, body: { spec: { resources: { requests: { storage: '2Gi' } } } } }, 422,
      invalid('bound claims\n@@ -6,7 +6,7 @@\n  "Resources": {\n   "Limits": null,\n   "Requests": {\n-   "storage": "1Gi"\n+   "storage": "2Gi"\n   }\n  },\n  "VolumeName": "",\n')]],
  ['two files of a volume in one place are warned of', [`POST ${DEPLOYMENTS}`, { body: workload({}, { volumes: [{ name: 'v', configMap: { name: 'x', items: [{ key: 'a', path: 'a' }, { key: 'b', path: 'a' }] } }] }) }, 201, undefined,
    warns('volume "v" (ConfigMap "x"): overlapping paths: "a" with "a"')]],
  ['who is the host of an alias has a name of DNS', [`POST ${DEPLOYMENTS}`, { body: workload({}, { hostAliases: [{ ip: '127.0.0.1', hostnames: ['H1'] }] }) }, 422, invalid('spec.template.spec.hostAliases[0].hostnames[0]: Invalid value: "H1"')]],
];

const POLICIES = at('networking.k8s.io/v1', 'networkpolicies');
const owner = { apiVersion: 'v1', kind: 'ConfigMap', name: 'owner', uid: '00000001-0000-4000-8000-000000000000' };
const named = (when: string) => warns(`.metadata.ownerReferences contains duplicate entries${when}; API server dedups owner references in 1.20+, and may reject such requests as early as 1.24; `
  + `please fix your requests; duplicate UID(s) observed: ${owner.uid}`);
const generation = (count: number) => ({ metadata: { generation: count } });
const orphan: Step = held('configmaps', { metadata: { name: 'a', finalizers: ['orphan'] } });
const nameless = { kind: 'ConfigMap', apiVersion: 'v1', metadata: expect.not.objectContaining({ name: 'a' }) };

const metadata: readonly Case[] = [
  ['an owner that is named twice is kept once', ['POST configmaps', { body: { metadata: { name: 'a', ownerReferences: [owner, owner] } } }, 201, { metadata: { ownerReferences: [owner] } }, named('')],
    ['PUT configmaps/a', { body: { metadata: { name: 'a', ownerReferences: [owner, owner] } } }, 200, { metadata: { ownerReferences: [owner] } }, named('')],
    ['PATCH configmaps/a', { type: JSON_PATCH, body: [{ op: 'add', path: '/metadata/ownerReferences/-', value: owner }] }, 200, { metadata: { ownerReferences: [owner] } }, named(' after mutating admission happens')]],
  ['an owner with two intentions is named twice', ['POST configmaps', { body: { metadata: { name: 'a', ownerReferences: [owner, { ...owner, controller: true }] } } }, 201, { metadata: { ownerReferences: [owner, { ...owner, controller: true }] } }, { warning: undefined }]],
  ['an empty list in a network policy is a change each time', [`POST ${POLICIES}`, { body: { metadata: { name: 'a' }, spec: { podSelector: {}, ingress: [] } } }, 201, generation(1)],
    [`PATCH ${POLICIES}/a`, { type: MERGE, body: { spec: { ingress: [] } } }, 200, generation(2)], [`PATCH ${POLICIES}/a`, { type: MERGE, body: { spec: { podSelector: { matchLabels: {} } } } }, 200, generation(3)],
    [`PATCH ${POLICIES}/a`, { type: MERGE, body: { spec: { ingress: null } } }, 200, generation(3)]],
  ['who writes an empty list into a list that is one field comes to own that, though nothing is different', [`POST ${POLICIES}?fieldManager=alice`, { body: { metadata: { name: 'a' }, spec: { podSelector: {}, ingress: [{}] } } }, 201],
    [`PATCH ${POLICIES}/a?fieldManager=bob`, { type: MERGE, body: { spec: { ingress: [{ from: [] }] } } }, 200, { metadata: { managedFields: expect.arrayContaining([expect.objectContaining({ manager: 'bob', fieldsV1: { 'f:spec': { 'f:ingress': {} } } })]) } }]],
  ['a refusal that quotes the Pods of a Job tells an empty list from none', held(JOBS, job()),
    [`PATCH ${JOBS}/a`, { type: MERGE, body: { spec: { template: { spec: { terminationGracePeriodSeconds: 1, volumes: [], nodeSelector: {} } } } } }, 422, invalid('"Spec":{"Volumes":[],"InitContainers":null,')]],
  ['a dry run of a deletion that takes the last finalizer away shows an empty object', orphan, ['DELETE configmaps/a', { body: { dryRun: ['All'], propagationPolicy: 'Background' } }, 200, nameless],
    ['DELETE configmaps/a', { body: { dryRun: ['All'] } }, 200, { metadata: { name: 'a', deletionTimestamp: expect.any(String) } }], ['GET configmaps/a', undefined, 200, { metadata: expect.not.objectContaining({ deletionTimestamp: expect.anything() }) }]],
  ['finalizers keep their order when a deletion wants no others', held('configmaps', { metadata: { name: 'a', finalizers: ['orphan', 'example.com/a'] } }),
    ['DELETE configmaps/a?propagationPolicy=Orphan', undefined, 200, { metadata: { finalizers: ['orphan', 'example.com/a'] } }]],
  ['a deleted collection is answered as it was before', held('configmaps', { metadata: { name: 'a', finalizers: ['example.com/a'] } }), ['DELETE configmaps', undefined, 200, { items: [{ metadata: expect.not.objectContaining({ deletionTimestamp: expect.anything() }) }] }]],
  ['who deletes all Jobs is warned once, though there are none', [`DELETE ${JOBS}`, undefined, 200, { items: [] }, { warning: expect.stringMatching(/^[^,]*child pods are preserved by default[^,]*$/) }]],
  ['a Pod is marked before it goes', held('pods', { metadata: { name: 'a' }, spec: { containers: [{ name: 'a', image: 'a' }] } }), ['DELETE pods/a?dryRun=All', undefined, 200, { metadata: { name: 'a', generation: 2, deletionGracePeriodSeconds: 0 } }],
    ['DELETE pods/a', undefined, 200, { metadata: { generation: 2, deletionTimestamp: expect.any(String), deletionGracePeriodSeconds: 0 } }], ['GET pods/a', undefined, 404]],
];

const going = (kind: string): Step[] => [
  [`PATCH ${GADGETS}/a?fieldManager=alice`, applied(kind, { metadata: { name: 'a', annotations: { x: 'one' }, finalizers: ['example.com/a'] } }), 201], [`DELETE ${GADGETS}/a`, undefined, 200],
];

const custom: readonly Case[] = [
  ['an apply that ends a custom resource shows an empty map of its metadata', ...going('Gadget'), [`PATCH ${GADGETS}/a?fieldManager=alice`, applied('Gadget', { metadata: { name: 'a', labels: {} } }), 200, { metadata: { labels: {} } }]],
  ['the status of a custom resource is checked on its own', [`POST ${WIDGETS}`, { body: { apiVersion: 'example.com/v1', kind: 'Widget', metadata: { name: 'a' } } }, 201],
    [`PATCH ${WIDGETS}/a/status`, { type: MERGE, body: { status: { phase: 1 } } }, 422, invalid('status.phase: Invalid value: "integer": phase in body must be of type string: "integer"')],
    [`PATCH ${WIDGETS}/a/status?fieldManager=alice`, applied('Widget', { status: { phase: null } }), 422, invalid('status.phase: Invalid value: "null": phase in body must be of type string: "null"')]],
  ['a null that an apply leaves in a custom resource is refused', [`PATCH ${WIDGETS}/a?fieldManager=alice`, applied('Widget', { spec: { labels: null } }), 422,
    invalid('spec.labels: Invalid value: "null": spec.labels in body must be of type object: "null"')]],
  ['a null in a new custom resource is dropped', [`POST ${WIDGETS}`, { body: { apiVersion: 'example.com/v1', kind: 'Widget', metadata: { name: 'a' }, spec: { labels: null, replicas: 1 } } }, 201, { spec: { replicas: 1 } }]],
  ['replicas are never negative', [`POST ${WIDGETS}`, { body: { apiVersion: 'example.com/v1', kind: 'Widget', metadata: { name: 'a' }, spec: { replicas: -1 } } }, 422, invalid('.spec.replicas: Invalid value: -1: should be a non-negative integer')]],
  ['a subresource that a definition does not have is not found like an object', [`PATCH ${GADGETS}/a/status`, { type: MERGE, body: {} }, 404, refusal('NotFound', 'gadgets.example.com "a" not found', { name: 'a', group: 'example.com', kind: 'gadgets' })]],
  ['a list of custom resources says that nothing follows', [`GET ${GADGETS}`, undefined, 200, { metadata: { continue: '' } }]],
];

conforms('what random histories found', target => {
  beforeAll(async () => {
    for (const body of [widget, gadget]) await target().ask('POST', '/apis/apiextensions.k8s.io/v1/customresourcedefinitions', { body });
    for (const plural of ['widgets', 'gadgets']) while ((await target().ask('GET', `/apis/example.com/v1/${plural}`)).status !== 200) await new Promise(resolve => setTimeout(resolve, 50));
  });
  runCases(target, [...words, ...kinds, ...metadata, ...custom]);

  test.each([
    ['a custom resource that was applied with an empty map is written by whatever comes next', GADGETS, { type: APPLY, body: { apiVersion: 'example.com/v1', kind: 'Gadget', metadata: { name: 'a', annotations: {} } } }],
    ['a claim is written by whatever comes next', '/api/v1/namespaces/$ns/persistentvolumeclaims', {
      type: APPLY, body: { apiVersion: 'v1', kind: 'PersistentVolumeClaim', metadata: { name: 'a' }, spec: { accessModes: ['ReadWriteOnce'], resources: { requests: { storage: '1Gi' } } } },
    }],
  ])('%s, and by nothing after that', async (_, path, made) => {
    const place = `${path.replace('$ns', await target().makeNamespace())}/a`;
    const versions = [await target().ask('PATCH', `${place}?fieldManager=alice`, made)];
    for (let i = 0; i < 2; i++) versions.push(await target().ask('PATCH', place, { type: MERGE, body: {} }));
    const [first, second, third] = versions.map(versionOf);
    expect(second).not.toBe(first);
    expect(third).toBe(second);
  });

  test('an apply of nothing writes a custom resource that was applied with an empty map, once', async () => {
    const place = `${GADGETS.replace('$ns', await target().makeNamespace())}/a`;
    const [first, second, third] = [await target().ask('PATCH', `${place}?fieldManager=alice`, applied('Gadget', { metadata: { name: 'a', annotations: {} } })),
      await target().ask('PATCH', `${place}?fieldManager=bob`, applied('Gadget', {})), await target().ask('PATCH', `${place}?fieldManager=bob`, applied('Gadget', {}))].map(versionOf);
    expect(second).not.toBe(first);
    expect(third).toBe(second);
  });

  test('a deletion that names the version is refused where it takes the last finalizer away', async () => {
    const place = `/api/v1/namespaces/${await target().makeNamespace()}/configmaps`;
    const resourceVersion = versionOf(await target().ask('POST', place, { body: { metadata: { name: 'a', finalizers: ['orphan'] } } }));
    const answer = await target().ask('DELETE', `${place}/a`, { body: { propagationPolicy: 'Background', preconditions: { resourceVersion } } });
    expect(answer).toMatchObject({ status: 409, body: { message: expect.stringMatching(`Precondition failed: ResourceVersion in precondition: , ResourceVersion in object meta: ${resourceVersion}$`) } });
  });
});

function versionOf({ body }: { readonly body: unknown }): string {
  return (body as { metadata: { resourceVersion: string } }).metadata.resourceVersion;
}
