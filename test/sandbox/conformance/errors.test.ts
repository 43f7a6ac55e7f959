import { refusal, runCases, type Case } from './cases';
import { conforms } from './conforms';

const named = (name: string, more: object = {}) => ({ body: { metadata: { name }, ...more } });
const a: readonly [string, { body: unknown }, number] = ['POST configmaps', named('a', { data: { k: 'v' } }), 201];
const details = (name: string) => ({ name, kind: 'configmaps' });

const creates: readonly Case[] = [
  ['an object that is there is not created again', a, ['POST configmaps', named('a'), 409, refusal('AlreadyExists', 'configmaps "a" already exists', details('a'))]],
  ['an object of a group says its group when it is there', ['POST /apis/coordination.k8s.io/v1/namespaces/$ns/leases', named('l'), 201],
    ['POST /apis/coordination.k8s.io/v1/namespaces/$ns/leases', named('l'), 409, refusal('AlreadyExists', 'leases.coordination.k8s.io "l" already exists', { name: 'l', group: 'coordination.k8s.io', kind: 'leases' })]],
  ['a new object has a name', ['POST configmaps', { body: { metadata: {} } }, 422, refusal('Invalid', 'ConfigMap "" is invalid: metadata.name: Required value: name or generateName is required', {
    kind: 'ConfigMap', causes: [{ reason: 'FieldValueRequired', message: 'Required value: name or generateName is required', field: 'metadata.name' }],
  })]],
  ['a name can be generated', ['POST configmaps', { body: { metadata: { generateName: 'web-' } } }, 201, { metadata: { generateName: 'web-', name: expect.stringMatching(/^web-[bcdfghjklmnpqrstvwxz2456789]{5}$/) } }]],
  ['a new object has no resourceVersion', ['POST configmaps', { body: { metadata: { name: 'q', resourceVersion: '1' } } }, 500, refusal('', 'resourceVersion should not be set on objects to be created')]],
  ['what is created has uid, time and version', ['POST configmaps', named('a'), 201, {
    kind: 'ConfigMap', apiVersion: 'v1',
    metadata: { name: 'a', namespace: '$ns', uid: expect.stringMatching(/^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/), resourceVersion: expect.stringMatching(/^\d+$/), creationTimestamp: expect.stringMatching(/^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ$/) },
  }]],
  ['a uid and a time of the client are not taken', ['POST configmaps', { body: { metadata: { name: 'a', uid: 'mine', creationTimestamp: '2001-01-01T00:00:00Z', generation: 7, selfLink: '/x' } } }, 201, {
    metadata: { uid: expect.not.stringContaining('mine'), creationTimestamp: expect.not.stringContaining('2001') },
  }]],
  ['the namespace of a body is that of the path', ['POST configmaps', { body: { metadata: { name: 'a', namespace: 'other' } } }, 400,
    refusal('BadRequest', 'the namespace of the provided object does not match the namespace sent on the request')]],
  ['the kind of a body is that of the path', ['POST configmaps', { body: { kind: 'Secret', apiVersion: 'v1', metadata: { name: 'q' } } }, 400,
    refusal('BadRequest', 'Secret in version "v1" cannot be handled as a ConfigMap: converting (v1.Secret) to (core.ConfigMap): unknown conversion')]],
  ['the version of a body is that of the path', ['POST configmaps', { body: { kind: 'ConfigMap', apiVersion: 'v2', metadata: { name: 'q' } } }, 400,
    refusal('BadRequest', 'ConfigMap in version "v2" cannot be handled as a ConfigMap: no kind "ConfigMap" is registered for version "v2" in scheme "pkg/runtime/scheme.go:111"')]],
  ['a body that is no JSON is not recognized', ['POST configmaps', { body: '{bad', type: 'application/json' }, 400,
    refusal('BadRequest', "the object provided is unrecognized (must be of type ConfigMap): couldn't get version/kind; json parse error: invalid character 'b' looking for beginning of object key string ({bad)")]],
  ['an empty body is not recognized', ['POST configmaps', { body: '', type: 'application/json' }, 400,
    refusal('BadRequest', "the object provided is unrecognized (must be of type ConfigMap): couldn't get version/kind; json parse error: unexpected end of JSON input (<empty>)")]],
  ['a body is of a known media type', ['POST configmaps', { body: '{}', type: 'text/plain' }, 415,
    refusal('UnsupportedMediaType', 'the body of the request was in an unknown format - accepted media types include: application/json, application/yaml, application/vnd.kubernetes.protobuf')]],
  ['a list is no object', ['POST configmaps', { body: '[]', type: 'application/json' }, 400, refusal('BadRequest', expect.stringContaining('json: cannot unmarshal array into Go value of type struct'))]],
  ['a body may be YAML', ['POST configmaps', { body: 'metadata:\n  name: web\ndata:\n  a: "1"\n', type: 'application/yaml' }, 201, { metadata: { name: 'web' }, data: { a: '1' } }]],
  ['a value of a wrong type is refused in the words of the decoder', ['POST configmaps', named('q', { data: { a: 1 } }), 400,
    refusal('BadRequest', 'ConfigMap in version "v1" cannot be handled as a ConfigMap: json: cannot unmarshal number into Go struct field ConfigMap.data of type string')]],
  ['a namespace that is not there takes no objects', ['POST /api/v1/namespaces/nono/configmaps', named('f'), 404, refusal('NotFound', 'namespaces "nono" not found', { name: 'nono', kind: 'namespaces' })]],
  ['a namespace has no dots', ['POST /api/v1/namespaces', named('a.b'), 422, refusal('Invalid', 'Namespace "a.b" is invalid: metadata.name: Invalid value: "a.b": must not contain dots', { name: 'a.b', kind: 'Namespace' })]],
  ['a new namespace is labelled with its name and active', ['GET /api/v1/namespaces/$ns', undefined, 200, {
    metadata: { labels: { 'kubernetes.io/metadata.name': '$ns' } }, spec: { finalizers: ['kubernetes'] }, status: { phase: 'Active' },
  }]],
];

const fieldValidation: readonly Case[] = [
  ['an unknown and a doubled field are refused when asked to be strict', ['POST configmaps?fieldValidation=Strict', { body: '{"metadata":{"name":"q"},"dat":1,"data":{"a":"b","a":"c"}}' }, 400,
    refusal('BadRequest', 'ConfigMap in version "v1" cannot be handled as a ConfigMap: strict decoding error: unknown field "dat", duplicate field "data.a"')]],
  ['an unknown and a doubled field are warned of by default', ['POST configmaps', { body: '{"metadata":{"name":"q"},"dat":1,"data":{"a":"b","a":"c"}}' }, 201, { data: { a: 'c' } },
    { warning: '299 - "unknown field \\"dat\\"", 299 - "duplicate field \\"data.a\\""' }]],
  ['an unknown field is ignored when asked to', ['POST configmaps?fieldValidation=Ignore', { body: '{"metadata":{"name":"q"},"dat":1}' }, 201, undefined, { warning: undefined }]],
  ['options that are not known are refused together', ['POST configmaps?fieldValidation=Bla&dryRun=x', named('q'), 422, refusal('Invalid',
    'CreateOptions.meta.k8s.io "" is invalid: [dryRun: Unsupported value: ["x"]: supported values: "All", fieldValidation: Unsupported value: "Bla": supported values: "", "Ignore", "Strict", "Warn"]',
    { group: 'meta.k8s.io', kind: 'CreateOptions', causes: [{ reason: 'FieldValueNotSupported', field: 'dryRun' }, { reason: 'FieldValueNotSupported', field: 'fieldValidation' }] })]],
  ['a nested unknown field is named by its path', ['POST pods?fieldValidation=Strict', { body: { metadata: { name: 'p' }, spec: { containers: [{ name: 'a', image: 'b', imag: 'c' }] } } }, 400,
    refusal('BadRequest', 'Pod in version "v1" cannot be handled as a Pod: strict decoding error: unknown field "spec.containers[0].imag"')]],
];

const replaces: readonly Case[] = [
  ['a stale version is a conflict', a, ['PUT configmaps/a', { body: { metadata: { name: 'a', resourceVersion: '1' } } }, 409,
    refusal('Conflict', 'Operation cannot be fulfilled on configmaps "a": the object has been modified; please apply your changes to the latest version and try again', details('a'))]],
  ['a wrong uid is a conflict', a, ['PUT configmaps/a', { body: { metadata: { name: 'a', uid: 'x' } } }, 409,
    refusal('Conflict', expect.stringMatching(/^Operation cannot be fulfilled on configmaps "a": StorageError: invalid object, Code: 4, Key: .*\/configmaps\/.*\/a, ResourceVersion: 0, AdditionalErrorMsg: Precondition failed: UID in precondition: x, UID in object meta: [-0-9a-f]{36}$/), details('a'))]],
  ['what is not there is not replaced', ['PUT configmaps/nope', named('nope'), 404, refusal('NotFound', 'configmaps "nope" not found', details('nope'))]],
  ['the name of a body is that of the path', a, ['PUT configmaps/a', named('b'), 400, refusal('BadRequest', 'the name of the object (b) does not match the name on the URL (a)')]],
  ['a replacement without a version replaces whatever there is', a, ['PUT configmaps/a', named('a', { data: { z: '1' } }), 200, { data: { z: '1' } }]],
  ['a replacement by what is there moves no version', a, ['PUT configmaps/a?fieldManager=x', named('a', { data: { k: 'v' } }), 200], ['GET configmaps/a', undefined, 200, { metadata: { name: 'a' } }]],
  ['a Lease is made by a PUT', ['PUT /apis/coordination.k8s.io/v1/namespaces/$ns/leases/l', named('l'), 201, { kind: 'Lease' }]],
  ['a Role is made by a PUT', ['PUT /apis/rbac.authorization.k8s.io/v1/namespaces/$ns/roles/r', named('r', { rules: [] }), 201, { kind: 'Role' }]],
  ['a Lease is replaced only with its version', ['POST /apis/coordination.k8s.io/v1/namespaces/$ns/leases', named('l'), 201], ['PUT /apis/coordination.k8s.io/v1/namespaces/$ns/leases/l', named('l'), 422,
    refusal('Invalid', 'leases.coordination.k8s.io "l" is invalid: metadata.resourceVersion: Invalid value: 0: must be specified for an update')]],
  ['a dry run of a PUT shows the change and keeps the version', a, ['PUT configmaps/a?dryRun=All', named('a', { data: { k: 'w' } }), 200, { data: { k: 'w' } }], ['GET configmaps/a', undefined, 200, { data: { k: 'v' } }]],
  ['a dry run of a POST creates nothing', ['POST configmaps?dryRun=All', named('d'), 201, { metadata: { uid: expect.any(String) } }], ['GET configmaps/d', undefined, 404]],
];

const paths: readonly Case[] = [
  ['an unknown path is plain text', ['GET /bla', undefined, 404, '404 page not found\n', { 'content-type': 'text/plain; charset=utf-8' }]],
  ['an unknown group is plain text', ['GET /apis/bla.example.com/v1/things', undefined, 404, '404 page not found\n']],
  ['an unknown resource of a known group is a Status', ['GET /api/v1/nope', undefined, 404, refusal('NotFound', 'the server could not find the requested resource', {})]],
  ['an unknown subresource is a Status', a, ['GET configmaps/a/status', undefined, 404, refusal('NotFound', 'the server could not find the requested resource', {})]],
  ['an object is not POSTed to its name', a, ['POST configmaps/a', { body: {} }, 405, refusal('MethodNotAllowed', 'the server does not allow this method on the requested resource', {})]],
  ['a collection is not PUT', ['PUT configmaps', { body: {} }, 405, refusal('MethodNotAllowed', 'the server does not allow this method on the requested resource', {})]],
  ['an object that is not there is named', ['GET configmaps/nope', undefined, 404, refusal('NotFound', 'configmaps "nope" not found', details('nope'))]],
  ['an object of a group that is not there says its group', ['GET /apis/apps/v1/namespaces/$ns/deployments/nope', undefined, 404,
    refusal('NotFound', 'deployments.apps "nope" not found', { name: 'nope', group: 'apps', kind: 'deployments' })]],
  ['a form that is not there is not acceptable', ['GET configmaps', { accept: 'text/plain' }, 406, refusal('NotAcceptable', expect.stringContaining('406: Not Acceptable'), {})]],
  ['any form is JSON', ['GET configmaps', { accept: '*/*' }, 200, { kind: 'ConfigMapList' }, { 'content-type': 'application/json' }]],
  ['an object can be had as YAML', a, ['GET configmaps/a', { accept: 'application/yaml' }, 200, expect.stringMatching(/^apiVersion: v1\n(.*\n)*kind: ConfigMap\n/), { 'content-type': 'application/yaml' }]],
  ['a body of more than 3 MiB is too large', ['POST configmaps', { body: { metadata: { name: 'big' }, data: { a: 'x'.repeat(3 * 1024 * 1024) } } }, 413, refusal('RequestEntityTooLarge', 'Request entity too large: limit is 3145728')]],
  ['health is a word', ['GET /healthz', undefined, 200, 'ok'], ['GET /livez', undefined, 200, 'ok'], ['GET /readyz', undefined, 200, 'ok']],
  ['the version is that of Kubernetes', ['GET /version', undefined, 200, { major: '1', minor: '36' }]],
];

conforms('what creates and what refuses', target => {
  describe('creation', () => runCases(target, creates));
  describe('validation of fields', () => runCases(target, fieldValidation));
  describe('replacement', () => runCases(target, replaces));
  describe('paths and forms', () => runCases(target, paths));
});
