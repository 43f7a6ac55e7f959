import { randomBytes } from 'node:crypto';
import { existsSync, mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { apiServerArgs, type ApiServerSettings } from './api-server';
import { readAuditLog, type AuditEvent } from './audit-log';
import { findBinaries, hasControllers, type Binaries } from './binaries';
import { KubeClient } from './client';
import { startControllers } from './controllers';
import { Credentials, type User } from './credentials';
import { SharedEtcd } from './etcd';
import { LoggedProcess } from './logged-process';
import { startServer, waitUntilReady } from './server';
import { WorkFolder } from './work-folder';

export interface ControlPlaneOptions {
  /** Of the cluster, and of the context in its kubeconfigs. @default 'test' */
  readonly name?: string;
  /** Whether Deployments become Available and pods run; else objects are only stored, and the start takes a third. @default false */
  readonly controllers?: boolean;
  /** An etcd for several. @default one of its own */
  readonly etcd?: SharedEtcd;
  /** Users besides admin, nobody, limited and tenant, with their groups: an API server reads them only when it starts. */
  readonly users?: Readonly<Record<string, readonly string[]>>;
  /** Whether the requests are recorded, for `auditEvents`. @default false */
  readonly auditLog?: boolean;
  /** Whether alpha and beta versions of Kubernetes' own kinds are served too, with every feature gate open. @default false */
  readonly everyVersion?: boolean;
  /** @default what `controlPlaneBinaries` finds or builds */
  readonly binaries?: Binaries;
  /** Where the logs go. @default a temporary folder, removed by `stop` */
  readonly logDir?: string;
}

/** A real Kubernetes control plane on the loopback interface: kube-apiserver and etcd, on demand with the controllers. */
export class ControlPlane {
  /** Resolves when the cluster is ready for use. Throws, with the end of the log of what failed, and leaves no process. */
  static async start(options: ControlPlaneOptions = {}): Promise<ControlPlane> {
    const binaries = options.binaries ?? await findBinaries();
    const plane = new ControlPlane(options.name ?? 'test', binaries, options);
    try {
      await plane.launch();
    } catch (e) {
      await plane.stop({ keepLogs: true });
      throw e;
    }
    return plane;
  }

  /** The certificate authority of `url`. */
  readonly caFile: string;
  /** A kubeconfig file of the user admin, who may do everything. */
  readonly kubeconfig: string;
  /** What `auditEvents` reads, for who reads a part of it; there is none without the option `auditLog`. */
  readonly auditFile: string;
  /** The token of the user admin. */
  readonly token: string;
  private readonly folder: WorkFolder;
  private readonly certFolder: string;
  private readonly credentials: Credentials;
  private readonly clients = new Map<string, KubeClient>();
  private etcd?: SharedEtcd;
  private apiServer?: LoggedProcess;
  private controllers: LoggedProcess[] = [];
  private port = 0;
  private settings?: ApiServerSettings;

  private constructor(readonly name: string, private readonly binaries: Binaries, private readonly options: ControlPlaneOptions) {
    this.folder = new WorkFolder(name, options.logDir);
    this.certFolder = join(this.folder.path, 'certs');
    this.caFile = join(this.certFolder, 'apiserver.crt');
    this.auditFile = join(this.folder.path, 'audit.log');
    const users = join(this.folder.path, 'users');
    mkdirSync(users);
    this.credentials = new Credentials(users, options.users);
    ({ kubeconfig: this.kubeconfig, token: this.token } = this.credentials.findUser('admin'));
  }

  get url(): string {
    return `https://127.0.0.1:${this.port}`;
  }

  /** The client of the user admin. */
  get kube(): KubeClient {
    return this.client('admin');
  }

  /** Token and kubeconfig file of admin, nobody, limited, tenant or one of the option `users`. All but admin may do what RBAC grants, and no more. */
  user(name: string): User {
    return this.credentials.findUser(name);
  }

  /** A client that speaks as that user. */
  client(userName: string): KubeClient {
    let client = this.clients.get(userName);
    if (!client) {
      client = new KubeClient(this.url, this.user(userName).token, this.caFile);
      this.clients.set(userName, client);
    }
    return client;
  }

  /** The requests so far that were answered in full, the oldest first. Empty without the option `auditLog`. A watch is there when it has ended. */
  auditEvents(): AuditEvent[] {
    return readAuditLog(this.auditFile);
  }

  /** Ends the API server, so that connections are refused. etcd keeps the objects. SIGKILL for a crash. */
  async stopApiServer(signal: 'SIGTERM' | 'SIGKILL' = 'SIGTERM'): Promise<void> {
    if (signal === 'SIGKILL') this.apiServer?.signal(signal);
    await this.apiServer?.stop();
    // A test's next request shall not go out on a connection that is dead already.
    for (const client of this.clients.values()) client.closeIdle();
  }

  /** Starts it again, with the same URL, users and objects. */
  async startApiServer(): Promise<void> {
    if (!this.settings) throw new Error(`${this.name} has not started`);
    const apiServer = LoggedProcess.start(this.binaries.kubeApiserver, apiServerArgs(this.settings, this.port), this.logFile('kube-apiserver'));
    this.apiServer = apiServer;
    await waitUntilReady(apiServer, () => this.isReady(this.port));
  }

  async restart(): Promise<void> {
    await this.stopApiServer();
    await this.startApiServer();
  }

  /** Lets etcd forget all that was before now, as the API server has it do every five minutes. */
  async compact(): Promise<void> {
    const { metadata } = await this.kube.get('/api/v1/namespaces?limit=1');
    await this.etcd?.compact(Number(metadata.resourceVersion));
  }

  /** Lets the API server accept connections and answer none, until `thaw`: a cluster that hangs. */
  freeze(): void {
    this.apiServer?.signal('SIGSTOP');
  }

  thaw(): void {
    this.apiServer?.signal('SIGCONT');
  }

  /** Of its running processes; without a shared etcd's. */
  get pids(): number[] {
    const own = [...this.controllers, ...this.apiServer ? [this.apiServer] : []].filter(p => p.running).map(p => p.pid);
    return [...own.filter(pid => pid !== undefined), ...this.options.etcd ? [] : this.etcd?.pids ?? []];
  }

  /** The log files, one a process. */
  logs(): string[] {
    const processes = [...this.apiServer ? [this.apiServer] : [], ...this.controllers];
    return [...processes.map(p => p.logFile), ...this.options.etcd ? [] : this.etcd?.logs() ?? []];
  }

  /** Ends every process, and removes every file; the logs stay on demand, or when FLOTILLA_KEEP_LOGS is set. */
  async stop(options: { readonly keepLogs?: boolean } = {}): Promise<void> {
    for (const client of this.clients.values()) client.close();
    await Promise.all(this.controllers.map(p => p.stop()));
    await this.apiServer?.stop();
    // After the API server, which hangs without it.
    if (!this.options.etcd) await this.etcd?.stop();
    this.folder.remove(options.keepLogs);
  }

  private async launch(): Promise<void> {
    const { binaries, options, credentials } = this;
    if (options.controllers && !hasControllers(binaries)) {
      throw new Error('this control plane cannot have controllers: KUBEBUILDER_ASSETS lacks kube-controller-manager, kube-scheduler, kwok or kwok-stages.yaml');
    }
    const etcd = options.etcd ?? await SharedEtcd.start({ binaries, logDir: this.folder.logs });
    this.etcd = etcd;
    // A cluster that comes again under its name is a new one, also on the same etcd.
    const etcdPrefix = `/${this.name}-${randomBytes(4).toString('hex')}`;
    const settings = {
      folder: this.folder.path,
      certFolder: this.certFolder,
      etcdUrl: etcd.url,
      etcdPrefix,
      credentials,
      serviceAccounts: options.controllers ?? false,
      auditLog: options.auditLog ? this.auditFile : undefined,
      everyVersion: options.everyVersion ?? false,
    };
    this.settings = settings;
    const server = await startServer({
      program: binaries.kubeApiserver,
      logFile: this.logFile('kube-apiserver'),
      ports: 1,
      args: port => apiServerArgs(settings, port!),
      ready: port => this.isReady(port!),
    });
    this.apiServer = server.process;
    [this.port = 0] = server.ports;
    credentials.writeKubeconfigs(this.name, this.url, this.caFile);
    if (options.controllers && hasControllers(binaries)) {
      this.controllers = await startControllers({
        binaries,
        kubeconfig: this.kubeconfig,
        serviceAccountKey: credentials.serviceAccountKey,
        caFile: this.caFile,
        logs: this.folder.logs,
      }, this.kube);
    }
  }

  private async isReady(port: number): Promise<boolean> {
    // Written by the server itself, at its first start.
    if (!existsSync(this.caFile)) return false;
    const client = new KubeClient(`https://127.0.0.1:${port}`, this.token, this.caFile);
    try {
      return (await client.request('GET', '/readyz')).status === 200;
    } finally {
      client.close();
    }
  }

  private logFile(program: string): string {
    return join(this.folder.logs, `${program}.log`);
  }
}
