import { writeFile } from 'node:fs/promises';
import { setTimeout as sleep } from 'node:timers/promises';
import type { ClusterApi, User } from './api';
import { startControllers, type Controllers } from './control/start';
import { FaultPlan, type Fault } from './faults/fault-plan';
import { RestartOptions, Restarts } from './faults/restarts';
import { builtinSchemas } from './schema/builtin-schemas';
import { Authentication, ISSUER } from './server/authentication';
import type { IssuedCertificate } from './server/authority';
import { Cluster } from './server/cluster';
import { ClusterRules } from './server/cluster-rules';
import { Exchange, withBody } from './server/exchange';
import { kubeconfigText } from './server/kubeconfig-text';
import { Listener, sharedTls } from './server/listener';
import { RequestHandler } from './server/request-handler';
import { seed } from './server/seed';

export interface SandboxOptions {
  /** Of the cluster, and of the context in its kubeconfigs. @default sandbox */
  readonly name?: string;
  /** Whether Deployments become Available, Jobs complete and deleted namespaces go; else objects are only stored. @default true */
  readonly controllers?: boolean;
  /** Users besides `admin`, with their groups; they may do what RBAC grants, and no more. @default none */
  readonly users?: Readonly<Record<string, readonly string[]>>;
  /** How many changes the cluster remembers: a watch or a page that is further behind gets `410 Expired`. @default 2,000 */
  readonly history?: number;
  /** What goes wrong from the start; more by `faults`. @default nothing */
  readonly faults?: readonly Fault[];
  /** Two sandboxes with equal seeds, requests and faults behave alike. @default '' */
  readonly seed?: string;
}

/**
 * A Kubernetes 1.36 cluster inside this process: an API server on the loopback interface, as far as clients can tell the real one. It needs no other program,
 * and lasts until it is closed or the process ends, which it does not keep from ending.
 */
export class Sandbox {
  /** Resolves when it serves. */
  static async start(options: SandboxOptions = {}): Promise<Sandbox> {
    const sandbox = new Sandbox(options);
    await sandbox.open();
    sandbox.restarts = new Restarts(sandbox.faults, how => sandbox.restart(how));
    return sandbox;
  }

  /** Of the cluster. */
  readonly name: string;
  /** The certificate authority of `url`, in PEM: one for all sandboxes of the process. */
  readonly ca = sharedTls().authority.cert;
  /** Of the user `admin`, who may do everything. */
  readonly token: string;
  /** What goes wrong on request; it may change at any time. */
  readonly faults: FaultPlan;
  private readonly tokens = new Map<string, string>();
  private readonly users: readonly User[];
  private cluster!: Cluster;
  private handler!: RequestHandler;
  private listener?: Listener;
  private controllers?: Controllers;
  private port = 0;
  private restarts?: Restarts;
  /** Of restarts, one after the other. */
  private turn: Promise<void> = Promise.resolve();
  private readonly ending = new AbortController();

  private constructor(private readonly options: SandboxOptions) {
    this.name = options.name ?? 'sandbox';
    this.users = Object.entries({ admin: ['system:masters'], ...options.users }).map(([name, groups]) => ({ name, groups, uid: name }));
    this.faults = new FaultPlan({ seed: options.seed, faults: options.faults });
    this.begin();
    this.token = this.findToken('admin');
  }

  /** `https://127.0.0.1:40123` */
  get url(): string {
    return `https://127.0.0.1:${this.port}`;
  }

  /** The text of a kubeconfig of `admin`, or of another user. @throws Error for a user that is not there */
  kubeconfigOf(user = 'admin'): string {
    return kubeconfigText([{ name: this.name, url: this.url, ca: this.ca, token: this.findToken(user) }]);
  }

  get kubeconfig(): string {
    return this.kubeconfigOf();
  }

  /** Readable by its owner alone. @param user whose token is in it */
  async writeKubeconfig(path: string, user = 'admin'): Promise<void> {
    await writeFile(path, this.kubeconfigOf(user), { mode: 0o600 });
  }

  /** Of one of the users. @throws Error when there is none of that name */
  findToken(user: string): string {
    const token = this.tokens.get(user);
    if (token === undefined) throw new Error(`this sandbox has no user '${user}'; it has ${[...this.tokens.keys()].join(', ')}, and more by the option 'users'`);
    return token;
  }

  /** A client certificate and its key (PEM) by which somebody is known as this user. */
  issueCertificate(user: string, groups: readonly string[] = []): IssuedCertificate {
    return sharedTls().authority.issueClient({ commonName: user, organizations: groups });
  }

  /** The cluster from within, past HTTP and authorization. */
  get api(): ClusterApi {
    return this.cluster;
  }

  /** Forgets what was before now: older watches and pages get `410 Expired`, as after a compaction of etcd. */
  compact(): void {
    this.cluster.store.compact();
  }

  /**
   * Ends all connections and serves again at the same address, with the same tokens.
   *
   * `keepData`: with its objects and their versions, else as a new cluster. `awayMs`: so much later; until then it resets all connections. `signal`: ends that.
   */
  async restart(options: Partial<RestartOptions> = {}): Promise<void> {
    const restarted = this.turn.then(() => this.restartNow(options));
    this.turn = restarted.catch(() => undefined);
    return restarted;
  }

  /** Refuses connections from now on, and ends those there are; `restart` serves again. */
  async stop(): Promise<void> {
    this.halt();
    await this.listener?.close();
    this.listener = undefined;
  }

  /** Ends it, with all its objects. */
  async close(): Promise<void> {
    this.ending.abort();
    this.restarts?.close();
    await this.turn;
    await this.stop();
  }

  private begin(): void {
    this.cluster = new Cluster({
      name: this.name, faults: this.faults, builtIns: builtinSchemas().resources, rules: cluster => new ClusterRules(cluster, this.options.controllers ?? true),
      history: this.options.history === undefined ? undefined : { changes: this.options.history },
    });
    const { cluster } = this;
    const authentication = new Authentication((namespace, name, uid) => cluster.tryFind('serviceaccounts', { namespace, name })?.metadata.uid === uid, cluster.now);
    for (const user of this.users) this.tokens.set(user.name, authentication.addToken(user, this.tokens.get(user.name)));
    this.handler = new RequestHandler(cluster, authentication);
  }

  private halt(): void {
    this.controllers?.stop();
    this.controllers = undefined;
  }

  private async restartNow({ keepData = true, awayMs = 0, signal }: Partial<RestartOptions>): Promise<void> {
    this.halt();
    this.listener?.goAway();
    const early = AbortSignal.any([this.ending.signal, ...signal ? [signal] : []]);
    if (awayMs > 0) await sleep(awayMs, undefined, { ref: false, signal: early }).catch(() => undefined);
    if (this.ending.signal.aborted) return;
    if (!keepData) this.begin();
    await this.open();
    this.listener?.comeBack();
  }

  private async open(): Promise<void> {
    this.listener ??= await Listener.listen(this.port, (request, response) => {
      withBody(request, response, body => void this.handler.handle(new Exchange(request, response, body)));
    });
    this.port = this.listener.port;
    if (this.cluster.store.revision === 1) seed(this.cluster, this.port);
    this.controllers = startControllers(this.cluster, {
      apiServerOnly: !(this.options.controllers ?? true), rootCertificate: this.ca, seed: this.options.seed,
      issueToken: ({ namespace, name, uid, secret }) => {
        const issued = Math.floor(this.cluster.now().getTime() / 1000);
        // A token in a Secret lasts as long as the Secret does.
        return this.handler.authentication.issueToken({ namespace, name, uid, audiences: [ISSUER], issued, expires: issued + 10 * 365 * 24 * 3600, boundTo: { kind: 'Secret', ...secret } });
      },
    });
  }
}
