import { repositoryAccess } from './repository-access';
import { namespaceOf, ReconcilerSettings } from './settings';
import { FlotillaError } from '../errors';
import { maskCredentials } from '../git/mask';

const LABEL = /^[a-z0-9]([-a-z0-9]{0,61}[a-z0-9])?$/;
const OBJECT_NAME = /^[a-z0-9]([-a-z0-9.]{0,251}[a-z0-9])?$/;

/** A name that a Namespace, a ServiceAccount or a cluster can have. */
export function isLabel(name: string): boolean {
  return LABEL.test(name);
}

/** Everything that is wrong with the settings of an agent or a hub: FLT6050, and FLT6051 for a credential in the address of the repository. */
export function checkSettings(settings: ReconcilerSettings): FlotillaError[] {
  const errors: FlotillaError[] = [];
  const refuse = (what: string, fix: string): void => {
    errors.push(new FlotillaError('FLT6050', { what, fix }));
  };
  const { mode, image, clusters = [], replicas = 1, deliveriesNamespace } = settings;
  if (!/^[^\s]+$/.test(image)) {
    refuse(`${JSON.stringify(image)} is no container image`, 'name the image that was built from the Dockerfile of cdk8s-flotilla: `registry.example/flotilla@sha256:…`');
  }
  if (mode === 'agent' && clusters.length !== 1) {
    refuse(`an agent serves one cluster, and was given ${clusters.length === 0 ? 'none' : clusters.join(', ')}`, 'name the cluster that it runs in: `--cluster prod-eu-west-1`');
  }
  if (mode === 'agent' && replicas !== 1) {
    refuse(`an agent is one pod, and not ${replicas}`, 'leave --replicas out; a hub shares its clusters among several');
  }
  if (!Number.isInteger(replicas) || replicas < 1) {
    refuse(`${replicas} is no number of replicas`, 'give a whole number from 1');
  }
  for (const [what, name] of [['namespace', namespaceOf(settings)], ['namespace', deliveriesNamespace], ...clusters.map(cluster => ['cluster', cluster])]) {
    if (name !== undefined && !isLabel(name)) {
      refuse(`the ${what} ${JSON.stringify(name)} is not a DNS label`, 'use lower case letters, digits and hyphens, 63 at most, starting and ending with a letter or digit');
    }
  }
  for (const name of [settings.gitSecret, settings.webhookSecret, settings.priorityClass]) {
    if (name !== undefined && !OBJECT_NAME.test(name)) {
      refuse(`${JSON.stringify(name)} is not the name of a Kubernetes object`, 'give the name alone, without kind and namespace');
    }
  }
  return [...errors, ...checkRepository(settings.repo)];
}

function checkRepository(repo: string): FlotillaError[] {
  const access = repositoryAccess(repo);
  if (!access) {
    return [new FlotillaError('FLT6050', {
      what: `a pod cannot reach the repository ${maskCredentials(JSON.stringify(repo))}`,
      fix: 'give its address as https://…, http://…, ssh://… or git@host:path; to read the tree from here, add --dir',
    })];
  }
  return access.credential ? [new FlotillaError('FLT6051', {
    what: `the address ${maskCredentials(repo)} holds a credential, which everybody could read in the Deployment`,
    fix: 'take it out, put it into a Secret (keys `username` and `password`) and name that by --git-secret',
  })] : [];
}
