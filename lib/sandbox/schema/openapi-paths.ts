import type { Json, JsonMap } from '../json';
import type { GroupVersionKind } from './discovery-document';
import type { ServedResource } from '../served-resource';
import { builtinSchemas } from './builtin-schemas';

export const REF = '#/components/schemas/';
const META = 'io.k8s.apimachinery.pkg.apis.meta.v1.';
const PATCHES = ['application/apply-patch+yaml', 'application/json-patch+json', 'application/merge-patch+json'];

interface Operation extends JsonMap {
  parameters: JsonMap[];
}

interface Verb {
  /** Of HTTP. */
  readonly method: string;
  /** `x-kubernetes-action` */
  readonly action: string;
  /** Of the operation's id and description. */
  readonly name: string;
}

const COLLECTION: readonly Verb[] = [
  { method: 'get', action: 'list', name: 'list' },
  { method: 'post', action: 'post', name: 'create' },
  { method: 'delete', action: 'deletecollection', name: 'deletecollection' },
];
const OBJECT: readonly Verb[] = [
  { method: 'get', action: 'get', name: 'read' },
  { method: 'put', action: 'put', name: 'replace' },
  { method: 'delete', action: 'delete', name: 'delete' },
  { method: 'patch', action: 'patch', name: 'patch' },
];
const SUBRESOURCE: readonly Verb[] = OBJECT.filter(verb => verb.name !== 'delete');

/**
 * The paths of a custom resource with their operations, by path. What a parameter is called and does is taken from the document of a built-in kind.
 *
 * @param type the resource's own, `com.example.v1.Widget`
 */
export function definitionPaths(resource: ServedResource, type: string): JsonMap {
  const { group, version, kind, listKind, plural, namespaced, subresources } = resource;
  const root = `/apis/${group}/${version}`;
  const collection = namespaced ? `${root}/namespaces/{namespace}/${plural}` : `${root}/${plural}`;
  const words = new Words(group, version, kind, namespaced);
  const listType = type.slice(0, -kind.length) + listKind;
  const gvk = { group, version, kind };
  const replies = (verb: Verb, own: string) => verb.action === 'list' ? listType : verb.action.startsWith('delete') ? `${META}Status` : own;
  const make = (verbs: readonly Verb[], own: string, subresource: string): JsonMap =>
    Object.fromEntries(verbs.map(verb => [verb.method, operation(verb, replies(verb, own), own, gvk, words.of(verb, subresource))]));
  const common = (...names: string[]) => ({ parameters: names.map(name => name === 'name' ? { ...parameter(name), description: `name of the ${kind}` } : parameter(name)) });
  const space = namespaced ? ['namespace'] : [];
  const paths: JsonMap = {
    [collection]: { ...make(COLLECTION, type, ''), ...common(...space, 'pretty') },
    [`${collection}/{name}`]: { ...make(OBJECT, type, ''), ...common('name', ...space, 'pretty') },
  };
  for (const { name } of subresources) {
    const body = name === 'scale' ? 'io.k8s.api.autoscaling.v1.Scale' : type;
    paths[`${collection}/{name}/${name}`] = { ...make(SUBRESOURCE, body, name), ...common('name', ...space, 'pretty') };
  }
  if (namespaced) {
    const verb = COLLECTION[0];
    const { parameters, ...all } = operation(verb, listType, type, gvk, { ...words.of(verb, ''), operationId: `list${words.prefix}${kind}ForAllNamespaces` });
    const shared = [...parameters, parameter('pretty')].sort((a, b) => (a.name as string) < (b.name as string) ? -1 : 1);
    paths[`${root}/${plural}`] = { get: all, parameters: shared };
  }
  return paths;
}

/** The sentences and names in the operations of one resource. */
class Words {
  /** `ExampleComV1` */
  readonly prefix: string;
  private readonly tag: string;

  constructor(group: string, version: string, private readonly kind: string, private readonly namespaced: boolean) {
    const camel = group.split(/[^A-Za-z0-9]+/).map(capitalize).join('');
    this.prefix = camel + capitalize(version);
    this.tag = `${camel[0].toLowerCase()}${camel.slice(1)}_${version}`;
  }

  of({ name }: Verb, subresource: string): { tags: string[]; description: string; operationId: string } {
    const isCollection = name === 'deletecollection';
    const id = [isCollection ? 'delete' : name, this.prefix, isCollection ? 'Collection' : '', this.namespaced ? 'Namespaced' : '', this.kind, capitalize(subresource)].join('');
    return { tags: [this.tag], description: this.describe(name, subresource ? ` ${subresource} of` : ''), operationId: id };
  }

  private describe(verb: string, subresource: string): string {
    const article = /^[AEIOU]/.test(this.kind) ? 'an' : 'a';
    switch (verb) {
      case 'list': return `list objects of kind ${this.kind}`;
      case 'create':
      case 'delete': return `${verb} ${article} ${this.kind}`;
      case 'deletecollection': return `delete collection of ${this.kind}`;
      case 'patch': return `partially update${subresource} the specified ${this.kind}`;
      default: return `${verb}${subresource} the specified ${this.kind}`;
    }
  }
}

function operation({ method, action, name }: Verb, reply: string, body: string, gvk: GroupVersionKind, words: JsonMap): Operation {
  const codes: Record<string, [string, string][]> = { post: [['201', 'Created'], ['202', 'Accepted']], put: [['201', 'Created']], delete: [['202', 'Accepted']] };
  const ok: [string, string][] = [['200', 'OK'], ...codes[action] ?? []];
  const requests: Record<string, [readonly string[], string]> = {
    post: [['application/json', 'application/yaml'], body],
    put: [['application/json', 'application/yaml'], body],
    patch: [PATCHES, `${META}Patch`],
    delete: [['application/json', 'application/yaml'], `${META}DeleteOptions`],
  };
  const request = requests[action];
  return {
    ...words,
    'parameters': name === 'read' ? [parameter('resourceVersion')] : templateParameters(method, action),
    ...request ? { requestBody: { content: content(...request), ...action === 'delete' ? {} : { required: true } } } : {},
    'responses': {
      ...Object.fromEntries(ok.map(([code, description]) => [code, { description, content: content(['application/json', 'application/yaml'], reply) }])),
      401: { description: 'Unauthorized' },
    },
    'x-kubernetes-action': action,
    'x-kubernetes-group-version-kind': { ...gvk },
  };
}

function content(types: readonly string[], type: string): JsonMap {
  return Object.fromEntries(types.map(each => [each, { schema: { $ref: `${REF}${type}` } }]));
}

function capitalize(word: string): string {
  return word.charAt(0).toUpperCase() + word.slice(1);
}

const TEMPLATE = '/apis/apps/v1/namespaces/{namespace}/deployments';
let template: Record<string, JsonMap> | undefined;

/** The operations of Deployments: its query parameters are those of any resource. */
function findTemplate(): Record<string, JsonMap> {
  if (!template) {
    const { paths } = JSON.parse(builtinSchemas().pathsText('apis/apps/v1')) as { paths: Record<string, JsonMap> };
    template = { collection: paths[TEMPLATE], object: paths[`${TEMPLATE}/{name}`] };
  }
  return template;
}

function templateParameters(method: string, action: string): JsonMap[] {
  const { collection, object } = findTemplate();
  const found = (['list', 'post', 'deletecollection'].includes(action) ? collection : object)[method] as Operation;
  // Deleting many reads the options of a list.
  return action === 'deletecollection' ? (collection.get as Operation).parameters : found.parameters;
}

function parameter(name: string): JsonMap {
  const { collection, object } = findTemplate();
  const all = [...object.parameters as Json[], ...(collection.get as Operation).parameters] as JsonMap[];
  return all.find(each => each.name === name)!;
}
