import type { JsonMap } from '../json';
import { toSwaggerDefinition, toSwaggerPaths } from './swagger';
import { encodeDefinition, encodeInfo, encodePath } from './swagger-wire';

/** Encoded parts of built-in documents, made once for the process. */
const encoded = new Map<string, Buffer>();

/** One of the OpenAPI 3 documents that it is made of. */
export interface SwaggerSource {
  /** `apis/apps/v1` */
  readonly name: string;
  readonly isBuiltIn: boolean;
  /** Parsed when it is needed. */
  readonly read: () => { readonly paths: JsonMap; readonly components?: { readonly schemas?: Record<string, JsonMap> } };
}

/**
 * The OpenAPI 2 document of all that is served, for clients that ask for it: kubectl checks a `kind: List` by it. All definitions are in it; of the paths
 * there is PATCH alone.
 */
export class SwaggerDocument {
  constructor(private readonly sources: readonly SwaggerSource[]) {}

  /** JSON. */
  get text(): string {
    const documents = this.sources.map(({ read }) => read());
    const schemas = Object.assign({}, ...documents.map(({ components }) => components?.schemas ?? {})) as Record<string, JsonMap>;
    return JSON.stringify({
      swagger: '2.0',
      info: { title: 'Kubernetes', version: '1.36' },
      paths: Object.assign({}, ...documents.map(({ paths }) => toSwaggerPaths(paths))) as JsonMap,
      definitions: Object.fromEntries(Object.keys(schemas).sort().map(name => [name, toSwaggerDefinition(schemas[name])])),
    });
  }

  /** Protobuf. A type that several documents hold is there once for each, as the format allows. */
  get bytes(): Buffer {
    return Buffer.concat([encodeInfo('Kubernetes', '1.36'), ...this.sources.map(source => {
      const known = encoded.get(source.name);
      if (known) return known;
      const part = encodeSource(source);
      if (source.isBuiltIn) encoded.set(source.name, part);
      return part;
    })]);
  }
}

function encodeSource({ read }: SwaggerSource): Buffer {
  const { paths, components } = read();
  return Buffer.concat([
    ...Object.entries(toSwaggerPaths(paths)).map(([name, path]) => encodePath(name, path as JsonMap)),
    ...Object.entries(components?.schemas ?? {}).map(([name, schema]) => encodeDefinition(name, toSwaggerDefinition(schema))),
  ]);
}
