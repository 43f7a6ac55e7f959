import { readFileSync } from 'node:fs';
import { Agent } from 'node:https';
import { httpsJson, type HttpAnswer } from './https-json';
import { resourcePath } from './resource-path';

/** Any Kubernetes object, as the API server gives it. */
export interface KubeObject {
  apiVersion: string;
  kind: string;
  metadata: KubeMetadata;
  // A test looks into objects of any kind: it says itself what it expects there.
  [field: string]: any;
}

export interface KubeMetadata {
  name?: string;
  generateName?: string;
  namespace?: string;
  uid?: string;
  resourceVersion?: string;
  generation?: number;
  creationTimestamp?: string;
  deletionTimestamp?: string;
  labels?: Record<string, string>;
  annotations?: Record<string, string>;
  finalizers?: string[];
  ownerReferences?: Record<string, unknown>[];
  managedFields?: { manager: string; operation: string; apiVersion: string; time?: string; subresource?: string; fieldsV1: object }[];
}

/** An answer of 400 and above: `status` is the HTTP status, `body` what came with it (mostly a Status object). */
export class KubeError extends Error {
  constructor(readonly method: string, readonly path: string, readonly status: number, readonly body: unknown) {
    super(`${method} ${path}: ${status} ${typeof body === 'string' ? body.trim() : (body as { message?: string } | undefined)?.message ?? ''}`);
  }
}

export interface ApplyOptions {
  /** @default 'test' */
  readonly fieldManager?: string;
  /** @default true */
  readonly force?: boolean;
  /** Only for show. @default false */
  readonly dryRun?: boolean;
}

/** A way to look at a cluster that shares no code with the product, so that tests do not prove the product by itself. */
export class KubeClient {
  private readonly agent: Agent;

  constructor(readonly url: string, private readonly token: string, caFile: string) {
    this.agent = new Agent({ keepAlive: true, ca: readFileSync(caFile) });
  }

  /** Sends a request and returns whatever comes, a refusal too. A string goes as it is, anything else as JSON. */
  async request(method: string, path: string, body?: unknown, headers: Record<string, string> = {}): Promise<HttpAnswer> {
    return httpsJson(new URL(path, this.url), { method, body, agent: this.agent, headers: { authorization: `Bearer ${this.token}`, ...headers } });
  }

  /** What is at a path, e.g. `/api/v1/namespaces/shop/configmaps/web`. Throws a KubeError when the answer is 400 or above, as all below do. */
  async get(path: string): Promise<KubeObject> {
    return this.ask('GET', path);
  }

  /** The same; undefined when there is nothing. */
  async tryGet(path: string): Promise<KubeObject | undefined> {
    try {
      return await this.get(path);
    } catch (e) {
      if (e instanceof KubeError && e.status === 404) return undefined;
      throw e;
    }
  }

  /** The items of a list, e.g. `/apis/apps/v1/deployments?labelSelector=app%3Dweb`, each with its apiVersion and kind. */
  async list(path: string): Promise<KubeObject[]> {
    const list = await this.get(path) as KubeObject & { items: KubeObject[] };
    const kind = list.kind.replace(/List$/, '');
    return list.items.map(item => ({ ...item, apiVersion: list.apiVersion, kind }));
  }

  async create(manifest: KubeObject): Promise<KubeObject> {
    return this.ask('POST', await resourcePath(this, manifest, 'collection'), manifest);
  }

  /** A server-side apply. */
  async apply(manifest: KubeObject, options: ApplyOptions = {}): Promise<KubeObject> {
    const query = new URLSearchParams({ fieldManager: options.fieldManager ?? 'test', force: String(options.force ?? true) });
    if (options.dryRun) query.set('dryRun', 'All');
    return this.ask('PATCH', `${await resourcePath(this, manifest)}?${query.toString()}`, manifest, 'application/apply-patch+yaml');
  }

  /** A JSON merge patch, or a JSON patch when it is a list of operations. */
  async patch(path: string, patch: object): Promise<KubeObject> {
    return this.ask('PATCH', path, patch, Array.isArray(patch) ? 'application/json-patch+json' : 'application/merge-patch+json');
  }

  async put(path: string, manifest: KubeObject): Promise<KubeObject> {
    return this.ask('PUT', path, manifest);
  }

  async delete(path: string): Promise<KubeObject> {
    return this.ask('DELETE', path);
  }

  /** The present state of the object that a manifest describes; undefined when it is not there. */
  async find(manifest: KubeObject): Promise<KubeObject | undefined> {
    return this.tryGet(await resourcePath(this, manifest));
  }

  /** Ends the connections on which nothing is under way. */
  closeIdle(): void {
    for (const socket of Object.values(this.agent.freeSockets).flat()) socket?.destroy();
  }

  /** Ends all connections. */
  close(): void {
    this.agent.destroy();
  }

  private async ask(method: string, path: string, body?: unknown, contentType = 'application/json'): Promise<KubeObject> {
    const answer = await this.request(method, path, body, body === undefined ? {} : { 'content-type': contentType });
    if (answer.status >= 400) throw new KubeError(method, path, answer.status, answer.body);
    return answer.body as KubeObject;
  }
}
