import { KubernetesData } from '../../schema/kubernetes-data';
import type { JsonMap } from '../json';
import type { ServedResource, ServedSubresource } from '../served-resource';
import type { AggregatedGroup, AggregatedGroupList, AggregatedResource } from './discovery-document';
import { OpenApiNodes, type OpenApiSchema } from '../../schema/openapi-node';
import type { SchemaNode } from '../../schema/schema-node';

/** An OpenAPI document of the built-in groups, without its `paths` and its types. */
export interface OpenApiDocument {
  /** SHA-512 of the document, in capitals. */
  readonly hash: string;
  /** The names of the types in `components.schemas`. */
  readonly types: readonly string[];
  /** Of those, the ones that are different in this document. */
  readonly own: Readonly<Record<string, OpenApiSchema>>;
  /** What else there is in `components`. */
  readonly others: Readonly<Record<string, unknown>>;
}

const OBJECT_META = 'io.k8s.apimachinery.pkg.apis.meta.v1.ObjectMeta';

let shared: BuiltinSchemas | undefined;

/** What every cluster of this process shares: the kinds of Kubernetes itself, read from the package the first time that somebody asks. */
export function builtinSchemas(): BuiltinSchemas {
  return shared ??= new BuiltinSchemas(KubernetesData.load('kubernetes-1.36.json.br'));
}

/** Four fifths of all data, for those who ask for OpenAPI. */
function openApi(): KubernetesData {
  return KubernetesData.load('openapi-1.36.json.br');
}

/** The kinds of Kubernetes 1.36 that an API server serves by default, with their schemas; a schema is made when it is first asked for. */
export class BuiltinSchemas {
  /** One for each version of each resource, in the order of the real discovery documents. */
  readonly resources: readonly ServedResource[];
  private readonly nodes: OpenApiNodes;
  private readonly kinds: ReadonlyMap<string, string>;
  private documentsRead?: ReadonlyMap<string, OpenApiDocument>;

  constructor(private readonly data: KubernetesData) {
    this.nodes = new OpenApiNodes(name => data.find<OpenApiSchema>(`schema/${name}`));
    this.kinds = new Map(Object.entries(data.find<Record<string, string>>('kinds')));
    const storage = data.find<Record<string, string>>('storage');
    const groups = ['discovery/api', 'discovery/apis'].flatMap(part => data.find<AggregatedGroupList>(part).items);
    this.resources = groups.flatMap(group => group.versions.flatMap(({ version, resources }) =>
      resources!.map(resource => this.makeResource(group, version, resource, storage))));
  }

  /** `1.36.3` */
  get kubernetes(): string {
    return this.data.kubernetes;
  }

  /** The reply to `GET /version`. */
  get version(): JsonMap {
    return this.data.find<JsonMap>('version');
  }

  /**
   * What a new cluster has and its users see, without uid, times, versions and managedFields: namespaces, the Service `kubernetes`, priority classes,
   * flow control, RBAC, its ServiceCIDR with the address of that Service, and the APIServices. A new copy each time.
   */
  get objects(): JsonMap[] {
    return this.data.find<JsonMap[]>('objects');
  }

  /** The schema of a kind; undefined when Kubernetes has no such kind in that version. @param group empty for the core group */
  tryFind(group: string, version: string, kind: string): SchemaNode | undefined {
    const name = this.kinds.get(`${group}/${version}/${kind}`);
    return name === undefined ? undefined : this.nodes.find(name);
  }

  /** The schema of a type by its name in the OpenAPI documents. @throws Error when there is none */
  findType(name: string): SchemaNode {
    return this.nodes.find(name);
  }

  get objectMeta(): SchemaNode {
    return this.nodes.find(OBJECT_META);
  }

  /** The OpenAPI documents by name: `api/v1`, `apis/apps/v1`, `version`, … */
  get documents(): ReadonlyMap<string, OpenApiDocument> {
    return this.documentsRead ??= new Map(Object.entries(openApi().find<Record<string, OpenApiDocument>>('documents')));
  }

  /** The JSON of `{ openapi, info, paths }` of a document. */
  pathsText(document: string): string {
    return openApi().findText(`paths/${document}`);
  }

  /** The JSON of a type in OpenAPI. */
  typeText(name: string): string {
    return this.data.findText(`schema/${name}`);
  }

  private makeResource(group: AggregatedGroup, version: string, found: AggregatedResource, storage: Record<string, string>): ServedResource {
    const groupName = group.metadata.name ?? '';
    const ownVersion = groupName ? `${groupName}/${version}` : version;
    const { kind } = found.responseKind;
    const subresources: ServedSubresource[] = (found.subresources ?? []).map(({ subresource, responseKind, verbs }) => ({
      name: subresource,
      // Of the resource's own group and version the document says nothing.
      group: responseKind.version ? responseKind.group : groupName,
      version: responseKind.version || version,
      kind: responseKind.kind,
      verbs,
    }));
    return new BuiltinResource(this, {
      group: groupName,
      version,
      kind,
      listKind: `${kind}List`,
      plural: found.resource,
      singular: found.singularResource,
      shortNames: found.shortNames ?? [],
      categories: found.categories ?? [],
      namespaced: found.scope === 'Namespaced',
      verbs: found.verbs,
      subresources,
      storage: storage[`${groupName}/${version}/${found.resource}`] ?? ownVersion,
    });
  }
}

type Described = Omit<ServedResource, 'schema' | 'definition'>;

/** Makes its schema when somebody asks for it. */
class BuiltinResource implements ServedResource {
  readonly group!: string;
  readonly version!: string;
  readonly kind!: string;
  readonly listKind!: string;
  readonly plural!: string;
  readonly singular!: string;
  readonly shortNames!: readonly string[];
  readonly categories!: readonly string[];
  readonly namespaced!: boolean;
  readonly verbs!: readonly string[];
  readonly subresources!: readonly ServedSubresource[];
  readonly storage!: string;
  readonly #schemas: BuiltinSchemas;
  #schema?: SchemaNode;

  constructor(schemas: BuiltinSchemas, described: Described) {
    Object.assign(this, described);
    this.#schemas = schemas;
  }

  get schema(): SchemaNode {
    return this.#schema ??= this.#schemas.tryFind(this.group, this.version, this.kind) ?? {};
  }
}
