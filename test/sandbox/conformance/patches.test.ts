import { refusal, runCases, type Case, type Step } from './cases';
import { conforms } from './conforms';

const JSON_PATCH = 'application/json-patch+json';
const MERGE = 'application/merge-patch+json';
const STRATEGIC = 'application/strategic-merge-patch+json';
const APPLY = 'application/apply-patch+yaml';

const made: Step = ['POST configmaps', { body: { metadata: { name: 'a', labels: { app: 'web' } }, data: { k: 'v' } } }, 201];
const patch = (type: string, body: unknown, status: number, expected?: unknown, query = ''): Step => [`PATCH configmaps/a${query}`, { type, body }, status, expected];
const REJECTED = refusal('Invalid', 'the server rejected our request due to an error in our request', {});
const pod = { containers: [{ name: 'a', image: 'a:1', env: [{ name: 'X', value: '1' }] }, { name: 'b', image: 'b:1' }] };
const template = { metadata: { labels: { app: 'web' } }, spec: pod };
const DEPLOYMENTS = '/apis/apps/v1/namespaces/$ns/deployments';
const deployed: Step = [`POST ${DEPLOYMENTS}`, { body: { metadata: { name: 'd' }, spec: { replicas: 2, selector: { matchLabels: { app: 'web' } }, template } } }, 201, { metadata: { generation: 1 } }];
const strategic = (body: object, expected?: unknown, status = 200): Step => [`PATCH ${DEPLOYMENTS}/d`, { type: STRATEGIC, body }, status, expected];
const podSpec = (spec: object) => ({ spec: { template: { spec } } });

const json: readonly Case[] = [
  ['a JSON patch adds', made, patch(JSON_PATCH, [{ op: 'add', path: '/data/b', value: '2' }], 200, { data: { k: 'v', b: '2' } })],
  ['a JSON patch replaces', made, patch(JSON_PATCH, [{ op: 'replace', path: '/data/k', value: 'w' }], 200, { data: { k: 'w' } })],
  ['a JSON patch that replaces what is not there adds it', made, patch(JSON_PATCH, [{ op: 'replace', path: '/data/q', value: 'x' }], 200, { data: { k: 'v', q: 'x' } })],
  ['a JSON patch removes', made, patch(JSON_PATCH, [{ op: 'remove', path: '/data/k' }], 200, expect.not.objectContaining({ data: expect.anything() }))],
  ['a JSON patch moves', made, patch(JSON_PATCH, [{ op: 'move', from: '/data/k', path: '/data/m' }], 200, { data: { m: 'v' } })],
  ['a JSON patch copies', made, patch(JSON_PATCH, [{ op: 'copy', from: '/data/k', path: '/data/m' }], 200, { data: { k: 'v', m: 'v' } })],
  ['a JSON patch goes on when its test holds', made, patch(JSON_PATCH, [{ op: 'test', path: '/data/k', value: 'v' }, { op: 'add', path: '/data/b', value: '2' }], 200, { data: { b: '2' } })],
  ['a test that fails changes nothing', made, patch(JSON_PATCH, [{ op: 'add', path: '/data/b', value: '2' }, { op: 'test', path: '/data/k', value: 'x' }], 422, REJECTED), ['GET configmaps/a', undefined, 200, { data: { k: 'v' } }]],
  ['a JSON patch does not remove what is not there', made, patch(JSON_PATCH, [{ op: 'remove', path: '/data/q' }], 422, REJECTED)],
  ['a JSON patch leads nowhere without what holds it', made, patch(JSON_PATCH, [{ op: 'add', path: '/data/q/r', value: 1 }], 422, REJECTED)],
  ['an operation that does not exist is refused', made, patch(JSON_PATCH, [{ op: 'bla', path: '/data/q' }], 422, REJECTED)],
  ['a JSON patch is a list', made, patch(JSON_PATCH, { op: 'add' }, 400, refusal('BadRequest', 'error decoding patch: json: cannot unmarshal object into Go value of type []handlers.jsonPatchOp'))],
  ['a slash in a key is escaped', made, patch(JSON_PATCH, [{ op: 'add', path: '/metadata/labels/a.b~1c', value: 'd' }], 200, { metadata: { labels: { 'a.b/c': 'd' } } })],
  ['a JSON patch appends to a list', deployed, [`PATCH ${DEPLOYMENTS}/d`, { type: JSON_PATCH, body: [{ op: 'add', path: '/spec/template/spec/containers/-', value: { name: 'c', image: 'c:1' } }] }, 200,
    podSpec({ containers: [{ name: 'a' }, { name: 'b' }, { name: 'c' }] })]],
];

const merge: readonly Case[] = [
  ['a merge patch adds and keeps', made, patch(MERGE, { data: { b: '2' } }, 200, { data: { k: 'v', b: '2' } })],
  ['null in a merge patch removes', made, patch(MERGE, { data: { k: null, b: '2' } }, 200, { data: { b: '2' } })],
  ['a merge patch replaces lists whole', deployed, [`PATCH ${DEPLOYMENTS}/d`, { type: MERGE, body: podSpec({ containers: [{ name: 'z', image: 'z:1' }] }) }, 200, podSpec({ containers: [{ name: 'z' }] })]],
  ['a merge patch is an object', made, patch(MERGE, [1], 400, refusal('BadRequest', 'error decoding patch: json: cannot unmarshal array into Go value of type map[string]interface {}'))],
  ['a merge patch is JSON', made, patch(MERGE, '{a', 400, refusal('BadRequest', "error decoding patch: invalid character 'a' looking for beginning of object key string"))],
  ['a patch does not rename', made, patch(MERGE, { metadata: { name: 'b' } }, 400, refusal('BadRequest', 'the name of the object (b) does not match the name on the URL (a)'))],
  ['a patch that gives a wrong type is invalid', made, patch(MERGE, { data: { b: 1 } }, 422, refusal('Invalid', expect.stringMatching(/^ "" is invalid: patch: Invalid value: ".*": json: cannot unmarshal number into Go struct field ConfigMap.data of type string$/), {
    causes: [{ reason: 'FieldValueInvalid', message: expect.stringContaining('Invalid value'), field: 'patch' }],
  }))],
  ['a patch with a stale version is a conflict', made, patch(MERGE, { metadata: { resourceVersion: '1' } }, 409, refusal('Conflict', expect.stringContaining('the object has been modified')))],
  ['a patch that changes nothing is fine', made, patch(MERGE, {}, 200, { data: { k: 'v' } })],
  ['a patch of what is not there is not found', patch(MERGE, { data: { a: 'b' } }, 404, refusal('NotFound', 'configmaps "a" not found', { name: 'a', kind: 'configmaps' }))],
  ['only apply can be forced', made, patch(MERGE, {}, 422, refusal('Invalid', 'PatchOptions.meta.k8s.io "" is invalid: force: Forbidden: may not be specified for non-apply patch'), '?force=true')],
  ['a patch of another type is not supported', made, patch('application/json', {}, 415, refusal('UnsupportedMediaType', '415: Unsupported Media Type', {}))],
  ['a dry run patches nothing', made, patch(MERGE, { data: { b: '2' } }, 200, { data: { b: '2' } }, '?dryRun=All'), ['GET configmaps/a', undefined, 200, { data: { k: 'v' } }]],
  ['an unknown field in a patch is refused when asked to be strict', made, patch(MERGE, { dat: 1 }, 422, refusal('Invalid', expect.stringContaining('strict decoding error: unknown field \\"dat\\"'.replaceAll('\\', ''))), '?fieldValidation=Strict')],
];

const smp: readonly Case[] = [
  ['a strategic patch merges containers by name', deployed, strategic(podSpec({ containers: [{ name: 'b', image: 'b:2' }] }), podSpec({ containers: [{ name: 'a', image: 'a:1' }, { name: 'b', image: 'b:2' }] }))],
  ['a strategic patch adds a container', deployed, strategic(podSpec({ containers: [{ name: 'c', image: 'c:1' }] }), podSpec({ containers: [{ name: 'c' }, { name: 'a' }, { name: 'b' }] }))],
  ['a strategic patch deletes a container', deployed, strategic(podSpec({ containers: [{ name: 'a', $patch: 'delete' }] }), podSpec({ containers: [{ name: 'b' }] }))],
  ['a strategic patch replaces a list when it says so', deployed, strategic(podSpec({ containers: [{ $patch: 'replace' }, { name: 'z', image: 'z:1' }] }), podSpec({ containers: [{ name: 'z' }] }))],
  ['a strategic patch orders a list', deployed, strategic(podSpec({ '$setElementOrder': undefined, '$setElementOrder/containers': [{ name: 'b' }, { name: 'a' }] }), podSpec({ containers: [{ name: 'b' }, { name: 'a' }] }))],
  ['a strategic patch merges variables by name', deployed, strategic(podSpec({ containers: [{ name: 'a', env: [{ name: 'Y', value: '2' }] }] }),
    podSpec({ containers: [{ name: 'a', env: [{ name: 'Y', value: '2' }, { name: 'X', value: '1' }] }, { name: 'b' }] }))],
  ['null in a strategic patch removes', deployed, strategic({ spec: { template: { spec: { containers: [{ name: 'a', env: null }] } } } }, podSpec({ containers: [{ name: 'a', image: 'a:1' }, { name: 'b' }] }))],
  ['a strategic patch replaces a map when it says so', deployed, strategic({ metadata: { labels: { x: 'y' } } }, { metadata: { labels: { x: 'y' } } }),
    strategic({ metadata: { labels: { $patch: 'replace', z: '1' } } }, { metadata: { labels: { z: '1' } } })],
  ['retainKeys changes the member of a union', deployed, strategic({ spec: { strategy: { $retainKeys: ['type'], type: 'Recreate' } } }, { spec: { strategy: { type: 'Recreate' } } })],
  ['items are deleted from a list of scalars', ['POST configmaps', { body: { metadata: { name: 'f', finalizers: ['a.b/c', 'd.e/f'] } } }, 201],
    ['PATCH configmaps/f', { type: STRATEGIC, body: { metadata: { '$deleteFromPrimitiveList/finalizers': ['a.b/c'] } } }, 200, { metadata: { finalizers: ['d.e/f'] } }],
    ['PATCH configmaps/f', { type: STRATEGIC, body: { metadata: { finalizers: ['x.y/z'] } } }, 200, { metadata: { finalizers: ['x.y/z', 'd.e/f'] } }],
    ['PATCH configmaps/f', { type: MERGE, body: { metadata: { finalizers: null } } }, 200]],
  ['an unknown directive is an error', deployed, strategic({ spec: { $patch: 'bla' } }, { status: 'Failure', message: expect.stringContaining('bla') }, 500)],
  ['an item without its key is an error', deployed, strategic(podSpec({ containers: [{ image: 'z' }] }), { status: 'Failure', message: expect.stringContaining('does not contain declared merge key: name') }, 500)],
  ['a patch of the spec is another generation, one of labels is none', deployed,
    strategic({ metadata: { labels: { q: 'r' } } }, { metadata: { generation: 1 } }), strategic({ spec: { replicas: 3 } }, { metadata: { generation: 2 }, spec: { replicas: 3 } }),
    strategic({ spec: { replicas: 3 } }, { metadata: { generation: 2 } }), strategic({ metadata: { annotations: { q: 'r' } } }, { metadata: { generation: 3 } })],
];

const apply = (body: object, query: string, status: number, expected?: unknown): Step => [`PATCH configmaps/a?${query}`, { type: APPLY, body: { apiVersion: 'v1', kind: 'ConfigMap', ...body } }, status, expected];
const config = (data: object) => ({ metadata: { name: 'a' }, data });
const entry = (manager: string, operation: string, fields: object) => ({ manager, operation, apiVersion: 'v1', time: expect.any(String), fieldsType: 'FieldsV1', fieldsV1: fields });

const applies: readonly Case[] = [
  ['an apply creates', apply(config({ k: 'v' }), 'fieldManager=me', 201, { metadata: { managedFields: [entry('me', 'Apply', { 'f:data': { 'f:k': {} } })] }, data: { k: 'v' } })],
  ['an apply of what is there changes nothing', apply(config({ k: 'v' }), 'fieldManager=me', 201), apply(config({ k: 'v' }), 'fieldManager=me', 200, { data: { k: 'v' } })],
  ['an apply removes what it no longer says', apply(config({ k: 'v', l: 'w' }), 'fieldManager=me', 201), apply(config({ l: 'w' }), 'fieldManager=me', 200, { data: { l: 'w' } }),
    ['GET configmaps/a', undefined, 200, { data: expect.not.objectContaining({ k: 'v' }) }]],
  ['an apply keeps what others have', apply(config({ k: 'v' }), 'fieldManager=me', 201), apply(config({ l: 'w' }), 'fieldManager=you', 200, { data: { k: 'v', l: 'w' } })],
  ['an apply against another value is a conflict', apply(config({ k: 'v' }), 'fieldManager=me', 201), apply(config({ k: 'w' }), 'fieldManager=you', 409,
    refusal('Conflict', 'Apply failed with 1 conflict: conflict with "me": .data.k', { causes: [{ reason: 'FieldManagerConflict', message: 'conflict with "me"', field: '.data.k' }] }))],
  ['several conflicts are told together', apply(config({ k: 'v', l: 'v' }), 'fieldManager=me', 201), apply(config({ k: 'w', l: 'w' }), 'fieldManager=you', 409,
    refusal('Conflict', 'Apply failed with 2 conflicts: conflicts with "me":\n- .data.k\n- .data.l'))],
  ['an apply of the same value shares the field', apply(config({ k: 'v' }), 'fieldManager=me', 201), apply(config({ k: 'v' }), 'fieldManager=you', 200, {
    metadata: { managedFields: [{ manager: 'you', operation: 'Apply', fieldsV1: { 'f:data': { 'f:k': {} } } }, { manager: 'me', operation: 'Apply', fieldsV1: { 'f:data': { 'f:k': {} } } }] },
  })],
  ['force takes a field over', apply(config({ k: 'v' }), 'fieldManager=me', 201), apply(config({ k: 'w' }), 'fieldManager=you&force=true', 200, {
    metadata: { managedFields: [entry('you', 'Apply', { 'f:data': { 'f:k': {} } })] }, data: { k: 'w' },
  })],
  ['an apply needs a manager', apply(config({}), '', 422, refusal('Invalid', 'PatchOptions.meta.k8s.io "" is invalid: fieldManager: Required value: is required for apply patch'))],
  ['an apply does not carry managedFields', apply({ metadata: { name: 'a', managedFields: [{ manager: 'x' }] } }, 'fieldManager=me', 400, refusal('BadRequest', 'metadata.managedFields must be nil'))],
  ['an apply of a field that the schema has not is a server error', apply({ metadata: { name: 'a' }, spec: {} }, 'fieldManager=me', 500,
    refusal('', 'failed to create typed patch object (/a; /v1, Kind=ConfigMap): .spec: field not declared in schema'))],
  ['an apply names the object of its path', apply({ metadata: { name: 'b' } }, 'fieldManager=me', 400, refusal('BadRequest', 'the name of the object (b) does not match the name on the URL (a)'))],
  ['an apply may be YAML', ['PATCH configmaps/a?fieldManager=me', { type: APPLY, body: 'apiVersion: v1\nkind: ConfigMap\nmetadata:\n  name: a\ndata:\n  k: v\n' }, 201, { data: { k: 'v' } }]],
  ['an apply with a uid that is not there is a conflict', apply({ metadata: { name: 'a', uid: 'x' } }, 'fieldManager=me', 409, refusal('Conflict', expect.stringContaining('uid mismatch: the provided object specified uid x, and no existing object was found')))],
  ['a dry run of an apply creates nothing', apply(config({ k: 'v' }), 'fieldManager=me&dryRun=All', 201), ['GET configmaps/a', undefined, 404]],
  ['an apply into a namespace that is not there is not found', ['PATCH /api/v1/namespaces/nono/configmaps/a?fieldManager=me', { type: APPLY, body: { apiVersion: 'v1', kind: 'ConfigMap', metadata: { name: 'a' } } }, 404,
    refusal('NotFound', 'namespaces "nono" not found')]],
  ['an update owns what it changes', apply(config({ k: 'v' }), 'fieldManager=me', 201),
    ['PATCH configmaps/a?fieldManager=other', { type: MERGE, body: { data: { k: 'w' } } }, 200, { metadata: { managedFields: [entry('other', 'Update', { 'f:data': { 'f:k': {} } })] } }]],
  ['an empty list of managedFields forgets all owners', apply(config({ k: 'v' }), 'fieldManager=me', 201),
    ['PATCH configmaps/a', { type: MERGE, body: { metadata: { managedFields: [{}] } } }, 200, { metadata: expect.not.objectContaining({ managedFields: expect.anything() }) }]],
  ['an apply of a Deployment owns containers by name', ['PATCH /apis/apps/v1/namespaces/$ns/deployments/d?fieldManager=me', {
    type: APPLY, body: { apiVersion: 'apps/v1', kind: 'Deployment', metadata: { name: 'd' }, spec: { selector: { matchLabels: { app: 'web' } }, template: { metadata: { labels: { app: 'web' } }, spec: { containers: [{ name: 'a', image: 'a:1' }] } } } },
  }, 201, { metadata: { generation: 1, managedFields: [{ manager: 'me', operation: 'Apply', apiVersion: 'apps/v1', fieldsV1: { 'f:spec': { 'f:selector': {}, 'f:template': { 'f:metadata': { 'f:labels': { 'f:app': {} } }, 'f:spec': { 'f:containers': { 'k:{"name":"a"}': { '.': {}, 'f:image': {}, 'f:name': {} } } } } } } }] }, spec: { replicas: 1 } }]],
];

conforms('patches', target => {
  describe('JSON patch', () => runCases(target, json));
  describe('merge patch', () => runCases(target, merge));
  describe('strategic merge patch', () => runCases(target, smp));
  describe('server-side apply', () => runCases(target, applies));
});
