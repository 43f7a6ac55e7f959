import type { Connection } from './connection';
import { readServed, type ServedKinds } from './discovery-read';
import type { Resource } from './resource';

export { apiVersionOf, resourcePath, type Resource, type ResourceLocation } from './resource';

/** The kinds that an API server serves. */
export class Discovery {
  /**
   * Asks the server for all that it serves: three requests.
   *
   * @throws ApiError when it does not answer
   */
  public static async load(connection: Connection): Promise<Discovery> {
    const discovery = new Discovery(connection);
    await discovery.refresh();
    return discovery;
  }

  private served: ServedKinds = { resources: [], failedGroups: [] };
  private byKind: ReadonlyMap<string, readonly Resource[]> = new Map();
  private refreshing?: Promise<void>;

  private constructor(private readonly connection: Connection) {}

  /** As `v1.36.3`; absent when the server does not tell. */
  public get serverVersion(): string | undefined {
    return this.served.serverVersion;
  }

  /** Groups with their version, as `metrics.k8s.io/v1beta1`, whose own API server does not answer: of their kinds nothing is known. */
  public get failedGroups(): readonly string[] {
    return this.served.failedGroups;
  }

  /** All kinds; of each group the preferred version first. */
  public get resources(): readonly Resource[] {
    return this.served.resources;
  }

  /** The kind in the version given, or else in the first version that the server prefers for its group; undefined when it is not served. */
  public find(id: { readonly group: string; readonly kind: string; readonly version?: string }): Resource | undefined {
    const versions = this.byKind.get(`${id.group}/${id.kind}`);
    return id.version === undefined ? versions?.[0] : versions?.find(resource => resource.version === id.version);
  }

  /**
   * Asks again. Several callers share one round of requests, if they come while it is under way.
   *
   * @throws ApiError when the server does not answer; what was known stays
   */
  public async refresh(): Promise<void> {
    this.refreshing ??= this.refreshNow().finally(() => { this.refreshing = undefined; });
    return this.refreshing;
  }

  private async refreshNow(): Promise<void> {
    this.served = await readServed(this.connection);
    const byKind = new Map<string, Resource[]>();
    for (const resource of this.served.resources) {
      const key = `${resource.group}/${resource.kind}`;
      const versions = byKind.get(key);
      if (versions) {
        versions.push(resource);
      } else {
        byKind.set(key, [resource]);
      }
    }
    this.byKind = byKind;
  }
}
