import { Definition, definitionOf } from './definitions';
import { Finding } from './finding';
import { checkOwnSelector } from './selectors';
import { checkServed } from './served-apis';
import { listNames } from '../../model/suggest';
import { checkValue } from '../../schema/check-value';
import type { JsonMap } from '../../schema/json';
import type { KubernetesSchemas } from '../../schema/kubernetes-schemas';
import type { SchemaNode } from '../../schema/schema-node';
import { formatGroupKind, groupOf, Manifest } from '../../tree/manifest';
import { isBuiltInGroup } from '../scope';

/** Finds the schemas of a version of Kubernetes; undefined where they are not known. */
export type FindSchemas = (version: string) => KubernetesSchemas | undefined;

/** An object with the text that it is written as. */
export interface WrittenManifest {
  readonly manifest: Manifest;
  readonly text: string;
}

/** Any version that is known: the type of `metadata` is the same in all of them as far as custom kinds are concerned. */
const ANY_VERSION = '1.36';

/** Checks of one object alone. What was found in a text is remembered: a fleet has the same object on many clusters. */
export class ObjectChecks {
  private readonly found = new WeakMap<SchemaNode, Map<string, readonly Finding[]>>();
  private readonly definitions = new Map<string, Definition | undefined>();

  constructor(private readonly findSchemas: FindSchemas) {}

  /** The custom kinds that the objects of a cluster define, by `Kind.group`. */
  public definitionsIn(objects: readonly WrittenManifest[]): ReadonlyMap<string, Definition> {
    const found = new Map<string, Definition>();
    for (const { manifest, text } of objects) {
      if (manifest.kind === 'CustomResourceDefinition') {
        if (!this.definitions.has(text)) {
          this.definitions.set(text, definitionOf(manifest));
        }
        const definition = this.definitions.get(text);
        if (definition) {
          found.set(formatGroupKind(definition), definition);
        }
      }
    }
    return found;
  }

  /** What is wrong with an object on a cluster of that version of Kubernetes. */
  public check({ manifest, text }: WrittenManifest, kubernetesVersion: string, definitions: ReadonlyMap<string, Definition>): readonly Finding[] {
    const { apiVersion, kind } = manifest;
    const group = groupOf(apiVersion);
    const version = apiVersion.slice(apiVersion.indexOf('/') + 1);
    const definition = definitions.get(formatGroupKind({ group, kind }));
    if (definition) {
      if (!definition.served.includes(version)) {
        return [{
          check: 'unserved-api', what: `is of ${apiVersion}, which its CustomResourceDefinition on the same cluster does not serve`,
          fix: `use one of ${listNames(definition.served.map(each => `${group}/${each}`))}`,
        }];
      }
      const metadata = this.findSchemas(ANY_VERSION)?.objectMeta ?? {};
      return this.checkSchema(manifest, text, definition.tryFindSchema(version, metadata));
    }
    if (!isBuiltInGroup(group)) {
      return [];
    }
    const schemas = this.findSchemas(kubernetesVersion);
    const api = checkServed(apiVersion, kind, kubernetesVersion, schemas);
    const found = this.checkSchema(manifest, text, schemas?.tryFind(group, version, kind));
    return api ? [api, ...found] : found;
  }

  private checkSchema(manifest: Manifest, text: string, schema: SchemaNode | undefined): readonly Finding[] {
    // What SOPS encrypted is not yet what the API server will see.
    if (!schema || 'sops' in manifest) {
      return [];
    }
    let byText = this.found.get(schema);
    if (!byText) {
      this.found.set(schema, byText = new Map());
    }
    let found = byText.get(text);
    if (!found) {
      const violations = checkValue(manifest as unknown as JsonMap, schema).map(({ type, what, fix }): Finding => ({ check: type, what, fix }));
      byText.set(text, found = [...violations, ...violations.length > 0 ? [] : checkOwnSelector(manifest)]);
    }
    return found;
  }
}
