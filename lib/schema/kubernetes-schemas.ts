import { KubernetesData } from './kubernetes-data';
import { OpenApiNodes, type OpenApiSchema } from './openapi-node';
import type { SchemaNode } from './schema-node';

/** The minors of Kubernetes whose schemas are known, the newest first. */
export const MINORS = ['1.36', '1.35', '1.34'] as const;

const NEWEST_FILE = 'kubernetes-1.36.json.br';
const DIFFERENCES_FILE = 'differences-1.36.json.br';
const OBJECT_META = 'io.k8s.apimachinery.pkg.apis.meta.v1.ObjectMeta';

const known = new Map<string, KubernetesSchemas>();

/** The kinds that one minor of Kubernetes has, with their schemas. What nobody asks for is not read. */
export class KubernetesSchemas {
  /** The schemas of a minor, `1.35` or `1.35.2`; undefined when they are not known. */
  static tryFind(version: string): KubernetesSchemas | undefined {
    const minor = MINORS.find(each => version === each || version.startsWith(`${each}.`));
    if (minor === undefined) return undefined;
    let schemas = known.get(minor);
    if (!schemas) known.set(minor, schemas = new KubernetesSchemas(minor));
    return schemas;
  }

  private readonly nodes = new OpenApiNodes(name => this.read(name));
  private kindsRead?: ReadonlyMap<string, string>;

  private constructor(readonly minor: typeof MINORS[number]) {}

  /** The schema of a kind; undefined when this minor has none. @param group empty for the core group */
  tryFind(group: string, version: string, kind: string): SchemaNode | undefined {
    const name = this.kinds.get(`${group}/${version}/${kind}`);
    return name === undefined ? undefined : this.nodes.find(name);
  }

  /** The type of `metadata`. */
  get objectMeta(): SchemaNode {
    return this.nodes.find(OBJECT_META);
  }

  /** `GROUP/VERSION/KIND`, also of those that a server serves only when it is told to: all alphas, and the betas since 1.24. */
  get kinds(): ReadonlyMap<string, string> {
    return this.kindsRead ??= new Map(Object.entries(KubernetesData.load(DIFFERENCES_FILE).find<Record<string, string>>(`${this.minor}/kinds`)));
  }

  /** From this minor up to the newest, the first that says what the type is. */
  private read(name: string): OpenApiSchema {
    const differences = KubernetesData.load(DIFFERENCES_FILE);
    for (const minor of MINORS.slice(0, MINORS.indexOf(this.minor) + 1).reverse()) {
      const part = `${minor}/schema/${name}`;
      if (differences.has(part)) return differences.find(part);
    }
    return KubernetesData.load(NEWEST_FILE).find(`schema/${name}`);
  }
}
