import { runCases, type Case, type Step } from './cases';
import { conforms } from './conforms';
import type { Target } from './target';

const TABLE = 'application/json;as=Table;g=meta.k8s.io;v=v1';
const template = { metadata: { labels: { app: 'web' } }, spec: { containers: [{ name: 'a', image: 'a:1' }, { name: 'b', image: 'b:1' }] } };
const selector = { matchLabels: { app: 'web' } };
const age = expect.stringMatching(/^\d+s$/);
const post = (path: string, body: object): Step => [`POST ${path}`, { body }, 201];
const row = (path: string, ...cells: unknown[]): Step => [`GET ${path}`, { accept: TABLE }, 200, { kind: 'Table', apiVersion: 'meta.k8s.io/v1', rows: [{ cells, object: { kind: 'PartialObjectMetadata', apiVersion: 'meta.k8s.io/v1' } }] }];
const APPS = '/apis/apps/v1/namespaces/$ns';
const BATCH = '/apis/batch/v1/namespaces/$ns';
const NETWORKING = '/apis/networking.k8s.io/v1/namespaces/$ns';

const rows: readonly Case[] = [
  ['a ConfigMap', post('configmaps', { metadata: { name: 'x' }, data: { a: '1', b: '2' }, binaryData: { c: 'AA==' } }), row('configmaps', 'x', 3, age)],
  ['a Secret', post('secrets', { metadata: { name: 'x' }, data: { a: 'MQ==' } }), row('secrets', 'x', 'Opaque', 1, age)],
  ['a ServiceAccount', post('serviceaccounts', { metadata: { name: 'x' } }), row('serviceaccounts', 'x', age)],
  ['a Namespace', row('/api/v1/namespaces/$ns', '$ns', 'Active', age)],
  ['a Pod', post('pods', { metadata: { name: 'x' }, spec: template.spec }), row('pods', 'x', '0/2', 'Pending', '0', age, '<none>', '<none>', '<none>', '<none>')],
  ['a Pod that runs', post('pods', { metadata: { name: 'x' }, spec: { ...template.spec, nodeName: 'n' } }),
    ['PATCH pods/x/status', {
      type: 'application/merge-patch+json', body: {
        status: {
          phase: 'Running', podIP: '10.0.0.1', podIPs: [{ ip: '10.0.0.1' }], containerStatuses: [
            { name: 'a', image: 'a', imageID: '', ready: true, restartCount: 2, state: { running: {} } }, { name: 'b', image: 'b', imageID: '', ready: false, restartCount: 1, state: { waiting: { reason: 'CrashLoopBackOff' } } },
          ],
        },
      },
    }, 200], row('pods', 'x', '1/2', 'CrashLoopBackOff', '3', age, '10.0.0.1', 'n', '<none>', '<none>')],
  ['a Pod that failed', post('pods', { metadata: { name: 'x' }, spec: { ...template.spec, nodeName: 'n' } }), ['PATCH pods/x/status', { type: 'application/merge-patch+json', body: { status: { phase: 'Failed', reason: 'Evicted' } } }, 200],
    ['GET pods', { accept: TABLE }, 200, { rows: [{ cells: ['x', '0/2', 'Evicted', '0', age], conditions: [{ type: 'Completed', status: 'True', reason: 'Failed', message: 'The pod failed.' }] }].map(each => ({ ...each, cells: expect.arrayContaining(['Evicted', '0/2']) })) }]],
  ['a Deployment', post(`${APPS}/deployments`, { metadata: { name: 'x' }, spec: { replicas: 3, selector, template } }), row(`${APPS}/deployments`, 'x', '0/3', 0, 0, age, 'a,b', 'a:1,b:1', 'app=web')],
  ['a ReplicaSet', post(`${APPS}/replicasets`, { metadata: { name: 'x' }, spec: { replicas: 3, selector, template } }), row(`${APPS}/replicasets`, 'x', 3, 0, 0, age, 'a,b', 'a:1,b:1', 'app=web')],
  ['a StatefulSet', post(`${APPS}/statefulsets`, { metadata: { name: 'x' }, spec: { replicas: 3, serviceName: 's', selector, template } }), row(`${APPS}/statefulsets`, 'x', '0/3', age, 'a,b', 'a:1,b:1')],
  ['a DaemonSet', post(`${APPS}/daemonsets`, { metadata: { name: 'x' }, spec: { selector, template } }), row(`${APPS}/daemonsets`, 'x', 0, 0, 0, 0, 0, '<none>', age, 'a,b', 'a:1,b:1', 'app=web')],
  ['a Job', post(`${BATCH}/jobs`, { metadata: { name: 'x' }, spec: { completions: 4, template: { spec: { ...template.spec, restartPolicy: 'Never' } } } }),
    row(`${BATCH}/jobs`, 'x', 'Running', '0/4', '', age, 'a,b', 'a:1,b:1', expect.stringMatching(/^batch\.kubernetes\.io\/controller-uid=/))],
  ['a CronJob', post(`${BATCH}/cronjobs`, { metadata: { name: 'x' }, spec: { schedule: '* * * * *', jobTemplate: { spec: { template: { spec: { ...template.spec, restartPolicy: 'Never' } } } } } }),
    row(`${BATCH}/cronjobs`, 'x', '* * * * *', '<none>', 'False', 0, '<none>', age, 'a,b', 'a:1,b:1', '<none>')],
  ['an ExternalName Service', post('services', { metadata: { name: 'x' }, spec: { type: 'ExternalName', externalName: 'example.com' } }), row('services', 'x', 'ExternalName', '<none>', 'example.com', '<none>', age, '<none>')],
  ['a headless Service', post('services', { metadata: { name: 'x' }, spec: { clusterIP: 'None', ports: [{ name: 'a', port: 80 }, { name: 'b', port: 81, protocol: 'UDP' }], selector: { app: 'web', a: 'b' } } }), row('services', 'x', 'ClusterIP', 'None', '<none>', '80/TCP,81/UDP', age, 'a=b,app=web')],
  ['an Ingress', post(`${NETWORKING}/ingresses`, { metadata: { name: 'x' }, spec: { ingressClassName: 'c', tls: [{ hosts: ['a.b'] }], rules: ['a', 'b', 'c', 'd'].map(host => ({ host: `${host}.com` })), defaultBackend: { service: { name: 's', port: { number: 80 } } } } }),
    row(`${NETWORKING}/ingresses`, 'x', 'c', 'a.com,b.com,c.com + 1 more...', '', '80, 443', age)],
  ['a NetworkPolicy', post(`${NETWORKING}/networkpolicies`, { metadata: { name: 'x' }, spec: { podSelector: { matchExpressions: [{ key: 'a', operator: 'In', values: ['c', 'b'] }] } } }), row(`${NETWORKING}/networkpolicies`, 'x', 'a in (b,c)', age)],
  ['a PersistentVolumeClaim', post('persistentvolumeclaims', { metadata: { name: 'x' }, spec: { accessModes: ['ReadWriteOnce'], storageClassName: 'fast', resources: { requests: { storage: '1Gi' } } } }),
    row('persistentvolumeclaims', 'x', 'Pending', '', '', '', 'fast', '<unset>', age, 'Filesystem')],
  ['a HorizontalPodAutoscaler', post('/apis/autoscaling/v2/namespaces/$ns/horizontalpodautoscalers', {
    metadata: { name: 'x' }, spec: {
      maxReplicas: 5, scaleTargetRef: { kind: 'Deployment', name: 'd', apiVersion: 'apps/v1' }, metrics: [{ type: 'Resource', resource: { name: 'cpu', target: { type: 'Utilization', averageUtilization: 80 } } }],
    },
  }), row('/apis/autoscaling/v2/namespaces/$ns/horizontalpodautoscalers', 'x', 'Deployment/d', 'cpu: <unknown>/80%', '1', 5, 0, age)],
  ['a PodDisruptionBudget', post('/apis/policy/v1/namespaces/$ns/poddisruptionbudgets', { metadata: { name: 'x' }, spec: { minAvailable: '50%', selector } }), row('/apis/policy/v1/namespaces/$ns/poddisruptionbudgets', 'x', '50%', 'N/A', 0, age)],
  ['a Role', post('/apis/rbac.authorization.k8s.io/v1/namespaces/$ns/roles', { metadata: { name: 'x' }, rules: [] }), row('/apis/rbac.authorization.k8s.io/v1/namespaces/$ns/roles', 'x', expect.stringMatching(/^\d{4}-.*Z$/))],
  ['a RoleBinding', post('/apis/rbac.authorization.k8s.io/v1/namespaces/$ns/rolebindings', {
    metadata: { name: 'x' }, roleRef: { apiGroup: 'rbac.authorization.k8s.io', kind: 'ClusterRole', name: 'view' }, subjects: [
      { kind: 'ServiceAccount', name: 's', namespace: 'n' }, { apiGroup: 'rbac.authorization.k8s.io', kind: 'User', name: 'u' }, { apiGroup: 'rbac.authorization.k8s.io', kind: 'Group', name: 'g' },
    ],
  }), row('/apis/rbac.authorization.k8s.io/v1/namespaces/$ns/rolebindings', 'x', 'ClusterRole/view', age, 'u', 'g', 'n/s')],
  ['an Event', post('events', { metadata: { name: 'x' }, involvedObject: { kind: 'Pod', name: 'p', namespace: '$ns', fieldPath: 'spec' }, type: 'Normal', reason: 'Bla', message: ' hello ', source: { component: 'c', host: 'h' }, count: 3 }),
    row('events', '<unknown>', 'Normal', 'Bla', 'pod/p', 'spec', 'c, h', 'hello', '<unknown>', 3, 'x')],
  ['a Lease', post('/apis/coordination.k8s.io/v1/namespaces/$ns/leases', { metadata: { name: 'x' }, spec: { holderIdentity: 'me' } }), row('/apis/coordination.k8s.io/v1/namespaces/$ns/leases', 'x', 'me', age)],
  ['the object comes with its row when asked for', post('configmaps', { metadata: { name: 'x' }, data: { a: '1' } }), ['GET configmaps?includeObject=Object', { accept: TABLE }, 200, { rows: [{ object: { kind: 'ConfigMap', data: { a: '1' } } }] }]],
  ['or not at all', post('configmaps', { metadata: { name: 'x' } }), ['GET configmaps/x?includeObject=None', { accept: TABLE }, 200, { rows: [{ cells: ['x', 0, age], object: null }] }]],
];

interface Discovered { readonly resources: readonly { readonly name: string; readonly verbs: readonly string[] }[] }

/** As the real server has them: see `columns` below, which compares all. */
const COLUMNS: Readonly<Record<string, string>> = {
  '/api/v1 configmaps': 'Name,Data,Age', '/api/v1 events': 'Last Seen,Type,Reason,Object,Subobject*,Source*,Message,First Seen*,Count*,Name*', '/api/v1 namespaces': 'Name,Status,Age',
  '/api/v1 endpoints': 'Name,Endpoints,Age', '/api/v1 limitranges': 'Name,Created At',
  '/api/v1 nodes': 'Name,Status,Roles,Age,Version,Internal-IP*,External-IP*,OS-Image*,Kernel-Version*,Container-Runtime*',
  '/api/v1 persistentvolumeclaims': 'Name,Status,Volume,Capacity,Access Modes,StorageClass,VolumeAttributesClass,Age,VolumeMode*',
  '/api/v1 persistentvolumes': 'Name,Capacity,Access Modes,Reclaim Policy,Status,Claim,StorageClass,VolumeAttributesClass,Reason,Age,VolumeMode*',
  '/api/v1 pods': 'Name,Ready,Status,Restarts,Age,IP*,Node*,Nominated Node*,Readiness Gates*', '/api/v1 podtemplates': 'Name,Containers,Images,Pod Labels',
  '/api/v1 replicationcontrollers': 'Name,Desired,Current,Ready,Age,Containers*,Images*,Selector*', '/api/v1 resourcequotas': 'Name,Request,Limit,Age', '/api/v1 secrets': 'Name,Type,Data,Age',
  '/api/v1 serviceaccounts': 'Name,Age', '/api/v1 services': 'Name,Type,Cluster-IP,External-IP,Port(s),Age,Selector*', '/apis/apiregistration.k8s.io/v1 apiservices': 'Name,Service,Available,Age',
  '/apis/apps/v1 controllerrevisions': 'Name,Controller,Revision,Age', '/apis/apps/v1 daemonsets': 'Name,Desired,Current,Ready,Up-to-date,Available,Node Selector,Age,Containers*,Images*,Selector*',
  '/apis/apps/v1 deployments': 'Name,Ready,Up-to-date,Available,Age,Containers*,Images*,Selector*', '/apis/apps/v1 replicasets': 'Name,Desired,Current,Ready,Age,Containers*,Images*,Selector*',
  '/apis/apps/v1 statefulsets': 'Name,Ready,Age,Containers*,Images*', '/apis/autoscaling/v2 horizontalpodautoscalers': 'Name,Reference,Targets,MinPods,MaxPods,Replicas,Age',
  '/apis/batch/v1 cronjobs': 'Name,Schedule,Timezone,Suspend,Active,Last Schedule,Age,Containers*,Images*,Selector*', '/apis/batch/v1 jobs': 'Name,Status,Completions,Duration,Age,Containers*,Images*,Selector*',
  '/apis/certificates.k8s.io/v1 certificatesigningrequests': 'Name,Age,SignerName,Requestor,RequestedDuration,Condition', '/apis/networking.k8s.io/v1 ingressclasses': 'Name,Controller,Parameters,Age',
  '/apis/networking.k8s.io/v1 ingresses': 'Name,Class,Hosts,Address,Ports,Age', '/apis/networking.k8s.io/v1 ipaddresses': 'Name,ParentRef', '/apis/networking.k8s.io/v1 networkpolicies': 'Name,Pod-Selector,Age',
  '/apis/networking.k8s.io/v1 servicecidrs': 'Name,CIDRs,Age', '/apis/policy/v1 poddisruptionbudgets': 'Name,Min Available,Max Unavailable,Allowed Disruptions,Age',
  '/apis/rbac.authorization.k8s.io/v1 clusterrolebindings': 'Name,Role,Age,Users*,Groups*,ServiceAccounts*', '/apis/rbac.authorization.k8s.io/v1 clusterroles': 'Name,Created At',
  '/apis/rbac.authorization.k8s.io/v1 rolebindings': 'Name,Role,Age,Users*,Groups*,ServiceAccounts*', '/apis/rbac.authorization.k8s.io/v1 roles': 'Name,Created At',
  '/apis/storage.k8s.io/v1 storageclasses': 'Name,Provisioner,ReclaimPolicy,VolumeBindingMode,AllowVolumeExpansion,Age', '/apis/apiextensions.k8s.io/v1 customresourcedefinitions': 'Name,Created At',
  '/apis/scheduling.k8s.io/v1 priorityclasses': 'Name,Value,Global-Default,Age,PreemptionPolicy', '/apis/coordination.k8s.io/v1 leases': 'Name,Holder,Age', '/apis/node.k8s.io/v1 runtimeclasses': 'Name,Handler,Age',
  '/apis/discovery.k8s.io/v1 endpointslices': 'Name,AddressType,Ports,Endpoints,Age', '/apis/admissionregistration.k8s.io/v1 validatingwebhookconfigurations': 'Name,Webhooks,Age',
  '/apis/admissionregistration.k8s.io/v1 mutatingwebhookconfigurations': 'Name,Webhooks,Age', '/apis/flowcontrol.apiserver.k8s.io/v1 flowschemas': 'Name,PriorityLevel,MatchingPrecedence,DistinguisherMethod,Age,MissingPL',
};

function columns(target: () => Target): void {
  test.each(Object.entries(COLUMNS))('%s', async (what, wanted) => {
    const [root, plural] = what.split(' ');
    const { body } = await target().ask('GET', `${root}/${plural}`, { accept: TABLE });
    const found = (body as { columnDefinitions: { name: string; priority: number }[] }).columnDefinitions.map(({ name, priority }) => `${name}${priority > 0 ? '*' : ''}`);
    expect(found.join(',')).toBe(wanted);
  });
}

function discovery(target: () => Target): void {
  test('every kind of a group is listed with its verbs', async () => {
    const { body } = await target().ask('GET', '/apis/apps/v1');
    const { resources } = body as Discovered;
    expect(resources.map(({ name }) => name)).toEqual([
      'controllerrevisions', 'daemonsets', 'daemonsets/status', 'deployments', 'deployments/scale', 'deployments/status', 'replicasets', 'replicasets/scale', 'replicasets/status',
      'statefulsets', 'statefulsets/scale', 'statefulsets/status',
    ]);
    expect(resources.find(({ name }) => name === 'deployments')).toMatchObject({ kind: 'Deployment', namespaced: true, shortNames: ['deploy'], verbs: ['create', 'delete', 'deletecollection', 'get', 'list', 'patch', 'update', 'watch'] });
  });

  test('all groups come at once when asked for', async () => {
    const { body, headers } = await target().ask('GET', '/apis', { accept: 'application/json;g=apidiscovery.k8s.io;v=v2;as=APIGroupDiscoveryList,application/json' });
    expect(headers['content-type']).toBe('application/json;g=apidiscovery.k8s.io;v=v2;as=APIGroupDiscoveryList');
    expect(body).toMatchObject({ kind: 'APIGroupDiscoveryList', apiVersion: 'apidiscovery.k8s.io/v2' });
    const again = await target().ask('GET', '/apis', { accept: 'application/json;g=apidiscovery.k8s.io;v=v2;as=APIGroupDiscoveryList,application/json', headers: { 'if-none-match': headers.etag! } });
    expect(again.status).toBe(304);
  });

  test('the versions of the core group are listed', async () => {
    expect((await target().ask('GET', '/api')).body).toMatchObject({ kind: 'APIVersions', versions: ['v1'] });
  });

  test('the documents of OpenAPI are found by their hash', async () => {
    const { body } = await target().ask('GET', '/openapi/v3');
    const { paths } = (typeof body === 'string' ? JSON.parse(body) : body) as { paths: Record<string, { serverRelativeURL: string }> };
    const answer = await target().ask('GET', paths['apis/apps/v1'].serverRelativeURL, { accept: 'application/json' });
    expect(answer).toMatchObject({ status: 200, body: { openapi: '3.0.0', components: { schemas: { 'io.k8s.api.apps.v1.Deployment': {} } } } });
  });
}

conforms('tables and discovery', target => {
  describe('a row of', () => runCases(target, rows));
  describe('the columns of', () => columns(target));
  describe('discovery', () => discovery(target));
});
