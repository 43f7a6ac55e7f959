import { repositoryAccess } from './repository-access';
import type { ReconcilerSettings } from './settings';

const FOLDER = '/etc/flotilla/git';

/** Prints what git asks for; git runs it by `sh` whenever it needs to log in, so that a new password is used without a restart. */
const HELPER = `!f() { test "$1" = get || exit 0; echo "username=$(cat ${FOLDER}/username 2>/dev/null || echo git)"; echo "password=$(cat ${FOLDER}/password)"; }; f`;

/** Environment that lets the program git use the files of the Secret; nothing secret is in it. */
export function gitEnvironment({ gitSecret, repo }: ReconcilerSettings): { name: string; value: string }[] {
  const access = repositoryAccess(repo);
  if (gitSecret === undefined || !access) {
    return [];
  }
  if (access.kind === 'ssh') {
    const options = ['BatchMode=yes', 'ConnectTimeout=30', 'ServerAliveInterval=20', 'IdentitiesOnly=yes', 'StrictHostKeyChecking=yes', `UserKnownHostsFile=${FOLDER}/known_hosts`];
    return [{ name: 'GIT_SSH_COMMAND', value: `ssh -i ${FOLDER}/identity ${options.map(option => `-o ${option}`).join(' ')}` }];
  }
  return [
    { name: 'GIT_CONFIG_COUNT', value: '1' },
    // For this server alone: one that it redirects to gets nothing.
    { name: 'GIT_CONFIG_KEY_0', value: `credential.${access.origin}.helper` },
    { name: 'GIT_CONFIG_VALUE_0', value: HELPER },
  ];
}

/** The Secret as files. ssh refuses a key of its own user that others may read; these are of root, and of our group. */
export function gitVolume({ gitSecret }: ReconcilerSettings): { volume: object; mount: object }[] {
  return gitSecret === undefined ? [] : [{
    volume: { name: 'git', secret: { secretName: gitSecret, defaultMode: 0o440 } },
    mount: { name: 'git', mountPath: FOLDER, readOnly: true },
  }];
}
