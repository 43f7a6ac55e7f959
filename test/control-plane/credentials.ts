import { generateKeyPairSync, randomBytes } from 'node:crypto';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { writeKubeconfig } from './kubeconfig';

/** Somebody whom the API server knows by a token; `kubeconfig` is a file. */
export interface User {
  readonly name: string;
  readonly groups: readonly string[];
  readonly token: string;
  readonly kubeconfig: string;
}

/** Users of every control plane, by name. The groups alone say what they may do: `system:masters` everything, none nothing until RBAC grants it. */
export const USUAL_USERS: Readonly<Record<string, readonly string[]>> = {
  admin: ['system:masters'],
  nobody: [],
  limited: [],
  tenant: [],
};

/** What an API server reads at its start: the tokens that it accepts, and the keys that it signs service account tokens with. */
export class Credentials {
  readonly tokenFile: string;
  readonly serviceAccountKey: string;
  readonly serviceAccountPublicKey: string;
  private readonly users = new Map<string, User>();

  constructor(folder: string, moreUsers: Readonly<Record<string, readonly string[]>> = {}) {
    for (const [name, groups] of Object.entries({ ...USUAL_USERS, ...moreUsers })) {
      this.users.set(name, { name, groups, token: randomBytes(16).toString('hex'), kubeconfig: join(folder, `${name}.kubeconfig`) });
    }
    this.tokenFile = join(folder, 'tokens.csv');
    writeFileSync(this.tokenFile, [...this.users.values()].map(u => `${u.token},${u.name},${u.name},"${u.groups.join(',')}"\n`).join(''), { mode: 0o600 });

    this.serviceAccountKey = join(folder, 'sa.key');
    this.serviceAccountPublicKey = join(folder, 'sa.pub');
    const pair = generateKeyPairSync('rsa', { modulusLength: 2048 });
    writeFileSync(this.serviceAccountKey, pair.privateKey.export({ type: 'pkcs1', format: 'pem' }), { mode: 0o600 });
    writeFileSync(this.serviceAccountPublicKey, pair.publicKey.export({ type: 'spki', format: 'pem' }));
  }

  findUser(name: string): User {
    const user = this.users.get(name);
    if (!user) throw new Error(`there is no user '${name}' of this control plane; there are ${[...this.users.keys()].join(', ')}, and more by the option 'users'`);
    return user;
  }

  /** Writes a kubeconfig for each user; its one context is called `context`. */
  writeKubeconfigs(context: string, url: string, caFile: string): void {
    for (const user of this.users.values()) writeKubeconfig(user.kubeconfig, [{ name: context, url, caFile, token: user.token }]);
  }
}
