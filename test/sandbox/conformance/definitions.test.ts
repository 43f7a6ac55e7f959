import { runCases, refusal, type Case } from './cases';
import { conforms } from './conforms';
import type { Target } from './target';
import { waitUntil } from '../../control-plane/wait-until';

const definition = (group: string) => ({
  apiVersion: 'apiextensions.k8s.io/v1', kind: 'CustomResourceDefinition', metadata: { name: `widgets.${group}` },
  spec: {
    group, scope: 'Namespaced', names: { plural: 'widgets', singular: 'widget', kind: 'Widget', shortNames: ['wd'] },
    versions: [
      {
        name: 'v1', served: true, storage: true, subresources: { status: {}, scale: { specReplicasPath: '.spec.replicas', statusReplicasPath: '.status.replicas' } },
        additionalPrinterColumns: [{ name: 'Size', type: 'integer', jsonPath: '.spec.size' }, { name: 'Ready', type: 'string', jsonPath: '.status.conditions[?(@.type=="Ready")].status' }, { name: 'Age', type: 'date', jsonPath: '.metadata.creationTimestamp' }],
        selectableFields: [{ jsonPath: '.spec.color' }],
        schema: {
          openAPIV3Schema: {
            type: 'object', properties: {
              spec: { type: 'object', properties: { size: { type: 'integer', default: 1 }, color: { type: 'string' }, replicas: { type: 'integer' }, list: { type: 'array', items: { type: 'object', properties: { a: { type: 'string' } } } } } },
              status: { type: 'object', properties: { replicas: { type: 'integer' }, conditions: { type: 'array', items: { type: 'object', properties: { type: { type: 'string' }, status: { type: 'string' } } } } } },
            },
          },
        },
      },
      { name: 'v2', served: true, storage: false, schema: { openAPIV3Schema: { 'type': 'object', 'x-kubernetes-preserve-unknown-fields': true } } },
    ],
  },
});
const GROUP = 'conformance.example.com';
const WIDGETS = `/apis/${GROUP}/v1/namespaces/$ns/widgets`;
const widget = (name: string, spec: object = {}) => ({ apiVersion: `${GROUP}/v1`, kind: 'Widget', metadata: { name }, spec });
const made = [`POST ${WIDGETS}`, { body: widget('a', { color: 'red' }) }, 201] as const;
const DEFINITIONS = '/apis/apiextensions.k8s.io/v1/customresourcedefinitions';
const MERGE = 'application/merge-patch+json';

const cases: readonly Case[] = [
  ['a custom resource gets the defaults of its schema', [`POST ${WIDGETS}`, { body: widget('a') }, 201, { kind: 'Widget', apiVersion: `${GROUP}/v1`, metadata: { generation: 1 }, spec: { size: 1 } }]],
  ['what the schema has not is pruned', [`POST ${WIDGETS}`, { body: widget('a', { nope: 1 }) }, 201, { spec: expect.not.objectContaining({ nope: 1 }) }]],
  ['items of a list say what they are', made, [`GET ${WIDGETS}`, undefined, 200, { kind: 'WidgetList', apiVersion: `${GROUP}/v1`, items: [{ kind: 'Widget', apiVersion: `${GROUP}/v1`, metadata: { name: 'a' } }] }]],
  ['a custom resource takes no strategic merge patch', made, [`PATCH ${WIDGETS}/a`, { type: 'application/strategic-merge-patch+json', body: {} }, 415, refusal('UnsupportedMediaType', 'the body of the request was in an unknown format - accepted media types include: application/json-patch+json, application/merge-patch+json, application/apply-patch+yaml')]],
  ['a custom resource is replaced only with its version', made, [`PUT ${WIDGETS}/a`, { body: widget('a') }, 422, refusal('Invalid', expect.stringContaining('metadata.resourceVersion: Invalid value: 0: must be specified for an update'))]],
  ['a change of the spec is another generation', made, [`PATCH ${WIDGETS}/a`, { type: MERGE, body: { spec: { size: 2 } } }, 200, { metadata: { generation: 2 } }], [`PATCH ${WIDGETS}/a`, { type: MERGE, body: { metadata: { labels: { a: 'b' } } } }, 200, { metadata: { generation: 2 } }]],
  ['a status is a subresource', made, [`PATCH ${WIDGETS}/a`, { type: MERGE, body: { status: { replicas: 3 } } }, 200, expect.not.objectContaining({ status: expect.anything() })],
    [`PATCH ${WIDGETS}/a/status`, { type: MERGE, body: { status: { replicas: 3 }, metadata: { labels: { no: 'no' } } } }, 200, { status: { replicas: 3 }, metadata: expect.not.objectContaining({ labels: expect.anything() }) }]],
  ['a scale is a subresource', made, [`PATCH ${WIDGETS}/a/scale`, { type: MERGE, body: { spec: { replicas: 4 } } }, 200, { kind: 'Scale', spec: { replicas: 4 } }], [`GET ${WIDGETS}/a`, undefined, 200, { spec: { replicas: 4 } }]],
  ['fields that are named can be selected by', made, [`GET ${WIDGETS}?fieldSelector=spec.color%3Dred`, undefined, 200, { items: [{ metadata: { name: 'a' } }] }], [`GET ${WIDGETS}?fieldSelector=spec.color%3Dblue`, undefined, 200, { items: [] }],
    [`GET ${WIDGETS}?fieldSelector=spec.size%3D1`, undefined, 400, refusal('BadRequest', 'field label not supported: spec.size')]],
  ['versions share their objects', made, [`GET /apis/${GROUP}/v2/namespaces/$ns/widgets/a`, undefined, 200, { apiVersion: `${GROUP}/v2`, kind: 'Widget', spec: { color: 'red' } }]],
  ['the columns of the definition are shown', made, [`PATCH ${WIDGETS}/a/status`, { type: MERGE, body: { status: { conditions: [{ type: 'Ready', status: 'True' }] } } }, 200],
    [`GET ${WIDGETS}`, { accept: 'application/json;as=Table;g=meta.k8s.io;v=v1' }, 200, { columnDefinitions: [{ name: 'Name' }, { name: 'Size' }, { name: 'Ready' }, { name: 'Age' }], rows: [{ cells: ['a', 1, 'True', expect.stringMatching(/^\d+s$/)] }] }]],
  ['a body of another kind is refused', [`POST ${WIDGETS}`, { body: { ...widget('a'), kind: 'Gadget' } }, 422, refusal('Invalid', `Gadget.${GROUP} "a" is invalid: kind: Invalid value: "Gadget": must be Widget`, { name: 'a', group: GROUP, kind: 'Gadget' })]],
  ['a body without a kind is refused', [`POST ${WIDGETS}`, { body: { metadata: { name: 'a' } } }, 400, refusal('BadRequest', expect.stringContaining("Object 'Kind' is missing in"))]],
  ['an apply makes a custom resource', [`PATCH ${WIDGETS}/a?fieldManager=me`, { type: 'application/apply-patch+yaml', body: widget('a', { color: 'red' }) }, 201, { metadata: { managedFields: [{ manager: 'me', fieldsV1: { 'f:spec': { 'f:color': {} } } }] }, spec: { color: 'red', size: 1 } }]],
  ['an apply of what the schema has not is a server error', [`PATCH ${WIDGETS}/a?fieldManager=me`, { type: 'application/apply-patch+yaml', body: widget('a', { nope: 1 }) }, 500, refusal('', expect.stringContaining('.spec.nope: field not declared in schema'))]],
  ['the group is discovered', [`GET /apis/${GROUP}/v1`, undefined, 200, { groupVersion: `${GROUP}/v1`, resources: [{ name: 'widgets', kind: 'Widget', shortNames: ['wd'] }, { name: 'widgets/status' }, { name: 'widgets/scale' }] }]],
  ['a resource that a group has not is a Status without a name, or plain text', [`GET /apis/${GROUP}/v1/namespaces/$ns/gadgets`, undefined, 404]],
];

async function until(target: Target, path: string, status: number): Promise<unknown> {
  for (const end = Date.now() + 15_000; Date.now() < end; await new Promise(resolve => setTimeout(resolve, 50))) {
    const answer = await target.ask('GET', path);
    if (answer.status === status) return answer.body;
  }
  throw new Error(`${path} never became ${status}`);
}

conforms('custom resources', target => {
  beforeAll(async () => {
    expect(await target().ask('POST', '/apis/apiextensions.k8s.io/v1/customresourcedefinitions', { body: definition(GROUP) })).toMatchObject({ status: 201 });
    await until(target(), `/apis/${GROUP}/v1/widgets`, 200);
    await until(target(), `/apis/${GROUP}/v1`, 200);
  });

  runCases(target, cases);

  test('a definition is established and accepts its names', async () => {
    expect(await until(target(), `/apis/apiextensions.k8s.io/v1/customresourcedefinitions/widgets.${GROUP}`, 200)).toMatchObject({
      metadata: { generation: 1 },
      status: {
        acceptedNames: { plural: 'widgets', kind: 'Widget' }, storedVersions: ['v1'], conditions: expect.arrayContaining([
          expect.objectContaining({ type: 'NamesAccepted', status: 'True', reason: 'NoConflicts', message: 'no conflicts found' }),
          expect.objectContaining({ type: 'Established', status: 'True', reason: 'InitialNamesAccepted', message: 'the initial names have been accepted' }),
        ]),
      },
    });
  });

  test('a definition that is deleted is no longer served', async () => {
    const group = 'gone.example.com';
    await target().ask('POST', '/apis/apiextensions.k8s.io/v1/customresourcedefinitions', { body: definition(group) });
    await until(target(), `/apis/${group}/v1/widgets`, 200);
    await target().ask('DELETE', `/apis/apiextensions.k8s.io/v1/customresourcedefinitions/widgets.${group}`);
    await until(target(), `/apis/apiextensions.k8s.io/v1/customresourcedefinitions/widgets.${group}`, 404);
    await until(target(), `/apis/${group}/v1/widgets`, 404);
  });

  test('while a definition is being deleted nothing is created, and what is there can be changed', async () => {
    const group = 'going.example.com';
    const path = `/apis/${group}/v1/namespaces/default/widgets`;
    const body = (name: string, metadata: object = {}) => ({ apiVersion: `${group}/v1`, kind: 'Widget', metadata: { name, ...metadata } });
    await target().ask('POST', DEFINITIONS, { body: definition(group) });
    await until(target(), `/apis/${group}/v1/widgets`, 200);
    expect(await target().ask('POST', path, { body: body('a', { finalizers: ['example.com/wait'] }) })).toMatchObject({ status: 201 });
    await target().ask('DELETE', `${DEFINITIONS}/widgets.${group}`);
    const refused = { status: 403, body: { reason: 'Forbidden', message: `widgets.${group} "b" is forbidden: create not allowed while custom resource definition is terminating`, details: { name: 'b', group, kind: 'widgets' } } };
    await waitUntil('nothing is created any more', async () => (await target().ask('POST', path, { body: body('b') })).status === 403);
    expect(await target().ask('POST', path, { body: body('b') })).toMatchObject(refused);
    expect(await target().ask('PATCH', `${path}/b?fieldManager=me`, { type: 'application/apply-patch+yaml', body: body('b') })).toMatchObject(refused);
    expect(await target().ask('PATCH', `${path}/a`, { type: MERGE, body: { spec: { size: 7 } } })).toMatchObject({ status: 200, body: { spec: { size: 7 } } });
    expect(await target().ask('PATCH', `${path}/a`, { type: MERGE, body: { metadata: { finalizers: null } } })).toMatchObject({ status: 200 });
    await until(target(), `${DEFINITIONS}/widgets.${group}`, 404);
  });

  test.each([
    ['is deleted', (path: string) => target().ask('DELETE', path)],
    ['changes', (path: string) => target().ask('PATCH', path, { type: MERGE, body: { spec: { names: { shortNames: ['wdg'] } } } })],
  ])('a watch ends when the definition of its kind %s', async (title, act) => {
    const group = `ends-${title.replace(' ', '-')}.example.com`;
    await target().ask('POST', DEFINITIONS, { body: definition(group) });
    await until(target(), `/apis/${group}/v1/widgets`, 200);
    const start = Date.now();
    await target().watch(`/apis/${group}/v1/widgets?watch=1`, { timeout: 20_000, act: async () => void await act(`${DEFINITIONS}/widgets.${group}`) });
    expect(Date.now() - start).toBeLessThan(15_000);
  }, 30_000);
});
