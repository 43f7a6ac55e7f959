import type { ServedResource } from '../served-resource';
import { builtinSchemas, type BuiltinSchemas } from './builtin-schemas';
import { DefinitionDocument } from './openapi-definition';
import { SwaggerDocument, type SwaggerSource } from './swagger-document';

/**
 * The OpenAPI 3 documents of an API server that serves these resources. Those of Kubernetes' own groups are the real server's, byte for byte; the ones of
 * custom resources are made from their definitions. A change of the resources needs a new object.
 */
export class OpenApiDocuments {
  private readonly builtin: BuiltinSchemas = builtinSchemas();
  /** Of the custom resources, by the name of the document. */
  private readonly defined = new Map<string, DefinitionDocument>();
  private readonly names: readonly string[];

  constructor(resources: readonly ServedResource[]) {
    const groups = new Map<string, ServedResource[]>();
    for (const resource of resources.filter(each => each.definition !== undefined)) {
      const name = `apis/${resource.group}/${resource.version}`;
      groups.set(name, [...groups.get(name) ?? [], resource]);
    }
    for (const [name, found] of groups) this.defined.set(name, new DefinitionDocument(found));
    const served = new Set(resources.flatMap(({ group, version }) => group ? [`apis/${group}`, `apis/${group}/${version}`] : ['api', `api/${version}`]));
    const builtin = [...this.builtin.documents.keys()].filter(name => !/^apis?\//.test(name) || served.has(name));
    this.names = [...new Set([...builtin, ...this.defined.keys()])].sort();
  }

  /** `GET /openapi/v3`: where each document is, with the hash of its bytes. */
  get index(): { paths: Record<string, { serverRelativeURL: string }> } {
    return { paths: Object.fromEntries(this.names.map(name => [name, { serverRelativeURL: `/openapi/v3/${name}?hash=${this.findHash(name)}` }])) };
  }

  /** The JSON text of `GET /openapi/v3/NAME`, and the hash of it (the ETag, quoted); undefined when there is no such document. @param name `apis/apps/v1` */
  tryDocument(name: string): { readonly text: string; readonly hash: string } | undefined {
    if (!this.names.includes(name)) return undefined;
    const defined = this.defined.get(name);
    return { text: defined?.text ?? this.builtinText(name), hash: this.findHash(name) };
  }

  /** `GET /openapi/v2` */
  get swagger(): SwaggerDocument {
    return new SwaggerDocument(this.names.map(name => ({
      name, isBuiltIn: !this.defined.has(name), read: () => JSON.parse(this.tryDocument(name)!.text) as ReturnType<SwaggerSource['read']>,
    })));
  }

  private findHash(name: string): string {
    return this.defined.get(name)?.hash ?? this.builtin.documents.get(name)!.hash;
  }

  /** Put together from the types, which the documents share. */
  private builtinText(name: string): string {
    const { types, own, others } = this.builtin.documents.get(name)!;
    const schemas = types.map(type => `${JSON.stringify(type)}:${own[type] ? escapeHtml(JSON.stringify(own[type])) : this.builtin.typeText(type)}`);
    const components = [...types.length > 0 ? [`"schemas":{${schemas.join(',')}}`] : [], ...Object.entries(others).map(([key, value]) => `"${key}":${JSON.stringify(value)}`)];
    return `${this.builtin.pathsText(name).slice(0, -1)},"components":{${components.join(',')}}}`;
  }
}

/** As Go writes JSON. */
function escapeHtml(json: string): string {
  return json.replace(/[<>&]/g, c => `\\u00${c.charCodeAt(0).toString(16)}`);
}
