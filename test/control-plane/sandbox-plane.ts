import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { AuditEvent } from './audit-log';
import { KubeClient } from './client';
import type { ControlPlaneOptions } from './control-plane';
import { USUAL_USERS, type User } from './credentials';
import { writeKubeconfig } from './kubeconfig';
import type { Plane } from './plane';
import { WorkFolder } from './work-folder';
import { Sandbox } from '../../lib/testing';

/** What a cluster of the sandbox cannot do for a test. */
export function needsRealOne({ auditLog, everyVersion }: ControlPlaneOptions): boolean {
  return auditLog === true || everyVersion === true;
}

/** A cluster of the sandbox, for the tests of real ones: `FLOTILLA_CLUSTERS=sandbox`. */
export class SandboxPlane implements Plane {
  static async start(options: ControlPlaneOptions): Promise<SandboxPlane> {
    const name = options.name ?? 'test';
    const users = { ...USUAL_USERS, ...options.users };
    const plane = new SandboxPlane(name, await Sandbox.start({ name, controllers: options.controllers ?? false, users }), users);
    plane.write();
    return plane;
  }

  readonly caFile: string;
  readonly auditFile = '';
  private readonly folder: WorkFolder;
  private readonly clients = new Map<string, KubeClient>();

  private constructor(readonly name: string, private readonly sandbox: Sandbox, private readonly users: Readonly<Record<string, readonly string[]>>) {
    this.folder = new WorkFolder(name);
    this.caFile = join(this.folder.path, 'ca.crt');
  }

  get url(): string {
    return this.sandbox.url;
  }

  get token(): string {
    return this.sandbox.token;
  }

  get kubeconfig(): string {
    return this.user('admin').kubeconfig;
  }

  get kube(): KubeClient {
    return this.client('admin');
  }

  user(name: string): User {
    return { name, groups: this.users[name], token: this.sandbox.findToken(name), kubeconfig: join(this.folder.path, `${name}.kubeconfig`) };
  }

  client(userName: string): KubeClient {
    const client = this.clients.get(userName) ?? new KubeClient(this.url, this.user(userName).token, this.caFile);
    this.clients.set(userName, client);
    return client;
  }

  auditEvents(): AuditEvent[] {
    throw new Error('the sandbox keeps no audit log: see needsRealOne');
  }

  async stopApiServer(): Promise<void> {
    await this.sandbox.stop();
    for (const client of this.clients.values()) client.closeIdle();
  }

  async startApiServer(): Promise<void> {
    await this.sandbox.restart();
  }

  async restart(): Promise<void> {
    await this.stopApiServer();
    await this.startApiServer();
  }

  async compact(): Promise<void> {
    this.sandbox.compact();
  }

  freeze(): void {
    this.sandbox.faults.add({ kind: 'hang', name: 'frozen' });
    this.sandbox.faults.add({ kind: 'stall', name: 'frozen-watches' });
  }

  thaw(): void {
    for (const { name } of this.sandbox.faults.list()) this.sandbox.faults.remove(name);
  }

  get pids(): number[] {
    return [];
  }

  logs(): string[] {
    return [];
  }

  async stop(): Promise<void> {
    for (const client of this.clients.values()) client.close();
    await this.sandbox.close();
    this.folder.remove();
  }

  private write(): void {
    writeFileSync(this.caFile, this.sandbox.ca);
    for (const name of Object.keys(this.users)) {
      const { token, kubeconfig } = this.user(name);
      writeKubeconfig(kubeconfig, [{ name: this.name, url: this.url, caFile: this.caFile, token }]);
    }
  }
}
