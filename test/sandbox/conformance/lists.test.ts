import { refusal, runCases, type Case } from './cases';
import { conforms } from './conforms';
import type { Target } from './target';

const LIST_OPTIONS = { group: 'meta.k8s.io', kind: 'ListOptions' };
const bad = (message: unknown) => refusal('BadRequest', message);
const list = (query: string, status: number, body?: unknown) => [`GET configmaps?${query}`, undefined, status, body] as const;
const NAME_RULE = "name part must consist of alphanumeric characters, '-', '_' or '.', and must start and end with an alphanumeric character (e.g. 'MyName',  or 'my.name',  or '123-abc', regex used for validation is '([A-Za-z0-9][-A-Za-z0-9_.]*)?[A-Za-z0-9]')";
const LABEL_RULE = "a valid label must be an empty string or consist of alphanumeric characters, '-', '_' or '.', and must start and end with an alphanumeric character (e.g. 'MyValue',  or 'my_value',  or '12345', regex used for validation is '(([A-Za-z0-9][-A-Za-z0-9_.]*)?[A-Za-z0-9])?')";

const make = (name: string, labels: object) => ['POST configmaps', { body: { metadata: { name, labels } } }, 201] as const;
const three = [make('a', { app: 'web', n: '1' }), make('b', { app: 'api', n: '5' }), make('c', {})] as const;
const names = (...wanted: string[]) => ({ items: wanted.map(name => ({ metadata: { name } })) });
const selected = (selector: string, ...wanted: string[]): Case => [`${selector} selects ${wanted.join(' and ') || 'nothing'}`, ...three,
  [`GET configmaps?labelSelector=${encodeURIComponent(selector)}`, undefined, 200, names(...wanted)]];

const selectors: readonly Case[] = [
  selected('app=web', 'a'), selected('app==web', 'a'), selected('app!=web', 'b', 'c'), selected('app in (web,api)', 'a', 'b'), selected('app notin (web)', 'b', 'c'), selected('app', 'a', 'b'),
  selected('!app', 'c'), selected('n>1', 'b'), selected('n<5', 'a'), selected('app=web,n=1', 'a'), selected('app=web,n=2'), selected(' app = web ', 'a'), selected('app in (web,)', 'a'),
  ['a selector that ends too soon is refused', list('labelSelector=a+in', 400, bad("unable to parse requirement: found '' expected: '('"))],
  ['two commas are refused', list('labelSelector=a,,', 400, bad("found ',', expected: identifier after ','"))],
  ['a key of a selector is a label', list('labelSelector=-a', 400, bad(`unable to parse requirement: <nil>: Invalid value: "-a": ${NAME_RULE}`))],
  ['a key has one slash', list('labelSelector=a/b/c', 400, bad(`unable to parse requirement: <nil>: Invalid value: "a/b/c": ${NAME_RULE.replace('name part', 'a valid label key')} with an optional DNS subdomain prefix and '/' (e.g. 'example.com/MyName')`))],
  ['a prefix is not empty', list('labelSelector=/c', 400, bad('unable to parse requirement: <nil>: Invalid value: "/c": prefix part must be non-empty'))],
  ['a value of a selector is a label', list('labelSelector=a=-b', 400, bad(`unable to parse requirement: values[0][a]: Invalid value: "-b": ${LABEL_RULE}`))],
  ['only numbers are compared', list('labelSelector=a>b', 400, bad('unable to parse requirement: values[0]: Invalid value: "b": for \'Gt\', \'Lt\' operators, the value must be an integer'))],
  ['a word that is no operator is refused', list('labelSelector=a+is+b', 400, bad("unable to parse requirement: found 'is', expected: in, notin, =, ==, !=, gt, lt"))],
  ['a parenthesis has an end', list('labelSelector=a+in+(b', 400, bad("unable to parse requirement: found '', expected: ',' or ')'"))],
  ['a field selector selects by name', ...three, list('fieldSelector=metadata.name=b', 200, names('b'))],
  ['a field selector excludes by name', ...three, list('fieldSelector=metadata.name!=b', 200, names('a', 'c'))],
  ['a field selector selects by namespace', ...three, ['GET /api/v1/configmaps?fieldSelector=metadata.namespace=$ns', undefined, 200, names('a', 'b', 'c')]],
  ['a field selector has an operator', list('fieldSelector=a', 400, bad("invalid selector: 'a'; can't understand 'a'"))],
  ['a field that selectors do not know is refused', list('fieldSelector=data.a=b', 400, bad('"data.a" is not a known field selector: only "metadata.name", "metadata.namespace"'))],
  ['a field that selectors of Pods do not know is refused in other words', ['GET pods?fieldSelector=data.a=b', undefined, 400, bad('field label not supported: data.a')]],
  ['Pods are selected by phase', ['POST pods', { body: { metadata: { name: 'p' }, spec: { containers: [{ name: 'a', image: 'a' }] } } }, 201],
    ['GET pods?fieldSelector=status.phase=Pending', undefined, 200, names('p')], ['GET pods?fieldSelector=status.phase!=Pending', undefined, 200, { items: [] }]],
  ['Secrets are selected by type', ['POST secrets', { body: { metadata: { name: 's' } } }, 201], ['GET secrets?fieldSelector=type=Opaque', undefined, 200, names('s')]],
  ['Namespaces are selected by phase', ['GET /api/v1/namespaces?fieldSelector=status.phase=Active,metadata.name=$ns', undefined, 200, names('$ns')]],
  ['Events are selected by what they are about', ['POST events', { body: { metadata: { name: 'e' }, involvedObject: { kind: 'Pod', name: 'p', namespace: '$ns' }, reason: 'Bla' } }, 201],
    ['GET events?fieldSelector=involvedObject.name=p,reason=Bla', undefined, 200, names('e')], ['GET events?fieldSelector=involvedObject.name=q', undefined, 200, { items: [] }]],
];

const options: readonly Case[] = [
  ['items of a list do not repeat their kind', ...three.slice(0, 1), list('', 200, { kind: 'ConfigMapList', apiVersion: 'v1', metadata: { resourceVersion: expect.stringMatching(/^\d+$/) }, items: [expect.not.objectContaining({ kind: 'ConfigMap' })] })],
  ['a version of the future comes too late', list('resourceVersion=99999999', 504, refusal('Timeout', expect.stringMatching(/^Timeout: Too large resource version: 99999999, current: \d+$/), {
    causes: [{ reason: 'ResourceVersionTooLarge', message: 'Too large resource version' }], retryAfterSeconds: 1,
  }))],
  ['a version is a number', list('resourceVersion=abc', 400, bad('invalid resource version: resourceVersion: Invalid value: "abc": strconv.ParseUint: parsing "abc": invalid syntax'))],
  ['a match needs a version', list('resourceVersionMatch=Exact', 422, refusal('Invalid', 'ListOptions.meta.k8s.io "" is invalid: resourceVersionMatch: Forbidden: resourceVersionMatch is forbidden unless resourceVersion is provided', LIST_OPTIONS))],
  ['a match is a known word', list('resourceVersionMatch=Bla&resourceVersion=1', 422, refusal('Invalid', 'ListOptions.meta.k8s.io "" is invalid: resourceVersionMatch: Unsupported value: "Bla": supported values: "Exact", "NotOlderThan", ""', LIST_OPTIONS))],
  ['nothing is exactly at version 0', list('resourceVersion=0&resourceVersionMatch=Exact', 422, refusal('Invalid', 'ListOptions.meta.k8s.io "" is invalid: resourceVersionMatch: Forbidden: resourceVersionMatch "exact" is forbidden for resourceVersion "0"', LIST_OPTIONS))],
  ['any version will do', ...three, list('resourceVersion=0', 200, names('a', 'b', 'c'))],
  ['a limit is a number', list('limit=abc', 400, bad('strconv.ParseInt: parsing "abc": invalid syntax'))],
  ['a limit below 0 is none', ...three, list('limit=-1', 200, names('a', 'b', 'c'))],
  ['a continue token is one of the server', list('continue=abc', 400, bad("invalid continue token: continue key is not valid: invalid character 'i' looking for beginning of value"))],
  ['a list has no initial events', list('sendInitialEvents=true', 422, refusal('Invalid', 'ListOptions.meta.k8s.io "" is invalid: sendInitialEvents: Forbidden: sendInitialEvents is forbidden for list', LIST_OPTIONS))],
  ['initial events need a match', list('watch=1&sendInitialEvents=true', 422, refusal('Invalid', 'ListOptions.meta.k8s.io "" is invalid: resourceVersionMatch: Forbidden: sendInitialEvents requires setting resourceVersionMatch to NotOlderThan', LIST_OPTIONS))],
  ['a watch without initial events has no match', list('watch=1&resourceVersionMatch=Exact&timeoutSeconds=1', 422, refusal('Invalid',
    'ListOptions.meta.k8s.io "" is invalid: [resourceVersionMatch: Forbidden: resourceVersionMatch is forbidden for watch unless sendInitialEvents is provided, resourceVersionMatch: Unsupported value: "Exact": supported values: "NotOlderThan"]', LIST_OPTIONS))],
  ['a watch from what is no version is a server error', list('watch=1&resourceVersion=abc', 500, refusal('', 'resourceVersion: Invalid value: "abc": strconv.ParseUint: parsing "abc": invalid syntax'))],
  ['an object is had as metadata alone', ...three.slice(0, 1), ['GET configmaps/a', { accept: 'application/json;as=PartialObjectMetadata;g=meta.k8s.io;v=v1' }, 200,
    { kind: 'PartialObjectMetadata', apiVersion: 'meta.k8s.io/v1', metadata: { name: 'a', labels: { app: 'web' } } }]],
  ['a list is had as metadata alone', ...three.slice(0, 1), ['GET configmaps', { accept: 'application/json;as=PartialObjectMetadataList;g=meta.k8s.io;v=v1' }, 200,
    { kind: 'PartialObjectMetadataList', apiVersion: 'meta.k8s.io/v1', items: [{ kind: 'PartialObjectMetadata', apiVersion: 'meta.k8s.io/v1', metadata: { name: 'a' } }] }]],
  ['the best form that there is is taken', ['GET configmaps', { accept: 'application/vnd.example+json, application/json;q=0.5' }, 200, { kind: 'ConfigMapList' }]],
];

const at = async (target: Target, path: string) => (await target.ask('GET', path)).body as { metadata: { resourceVersion: string; continue?: string; remainingItemCount?: number }; items: { metadata: { name: string } }[] };
const namesOf = (page: { items: { metadata: { name: string } }[] }) => page.items.map(({ metadata }) => metadata.name);

function pages(target: () => Target): void {
  const fill = async (count: number): Promise<string> => {
    const namespace = await target().makeNamespace();
    for (let i = 0; i < count; i++) await target().ask('POST', `/api/v1/namespaces/${namespace}/configmaps`, { body: { metadata: { name: `c${i}`, labels: { odd: String(i % 2) } } } });
    return `/api/v1/namespaces/${namespace}/configmaps`;
  };

  test('pages of one list show what was there when it began', async () => {
    const path = await fill(5);
    const first = await at(target(), `${path}?limit=2`);
    expect(namesOf(first)).toEqual(['c0', 'c1']);
    expect(first.metadata.remainingItemCount).toBe(3);
    await target().ask('DELETE', `${path}/c3`);
    await target().ask('POST', path, { body: { metadata: { name: 'c22' } } });
    const second = await at(target(), `${path}?limit=2&continue=${first.metadata.continue}`);
    expect(namesOf(second)).toEqual(['c2', 'c3']);
    expect(second.metadata.resourceVersion).toBe(first.metadata.resourceVersion);
    const third = await at(target(), `${path}?limit=2&continue=${second.metadata.continue}`);
    expect(namesOf(third)).toEqual(['c4']);
    expect(third.metadata).not.toHaveProperty('continue');
    expect(third.metadata).not.toHaveProperty('remainingItemCount');
  });

  test('with a selector nobody knows how many remain', async () => {
    const path = await fill(6);
    const first = await at(target(), `${path}?limit=2&labelSelector=odd%3D1`);
    expect(namesOf(first)).toEqual(['c1', 'c3']);
    expect(first.metadata).not.toHaveProperty('remainingItemCount');
    expect(namesOf(await at(target(), `${path}?limit=2&labelSelector=odd%3D1&continue=${first.metadata.continue}`))).toEqual(['c5']);
  });

  test('a list can be had as it was', async () => {
    const path = await fill(2);
    const before = (await at(target(), path)).metadata.resourceVersion;
    await target().ask('DELETE', `${path}/c0`);
    expect(namesOf(await at(target(), `${path}?resourceVersion=${before}&resourceVersionMatch=Exact`))).toEqual(['c0', 'c1']);
    expect(namesOf(await at(target(), `${path}?resourceVersion=${before}&resourceVersionMatch=NotOlderThan`))).toEqual(['c1']);
  });

  test('with a continue token no version is given', async () => {
    const path = await fill(3);
    const first = await at(target(), `${path}?limit=1`);
    const answer = await target().ask('GET', `${path}?limit=1&resourceVersion=1&continue=${first.metadata.continue}`);
    expect(answer).toMatchObject({ status: 400, body: bad('specifying resource version is not allowed when using continue') });
  });
}

conforms('lists', target => {
  describe('selectors', () => runCases(target, selectors));
  describe('options', () => runCases(target, options));
  describe('pages', () => pages(target));
});
