import { readFileSync } from 'node:fs';
import { AppliedObject, applyManifests, discover, findResource, removeOldBindings } from './apply-manifests';
import { isLabel } from './check';
import { CLUSTER_LABEL, secretReference, writeClusterSecret } from './hub-secret';
import { clusterLines } from './model-lines';
import type { DeliveryPermissions } from './policy-rule';
import { namespaceObject } from './reconciler-objects';
import { addressWarnings, kubeconfigText, SpokeAddress, verifyKubeconfig } from './spoke-kubeconfig';
import { SPOKE_ACCOUNT, SPOKE_LABELS, spokeObjects } from './spoke-objects';
import { deleteToken, issueToken, listTokens } from './spoke-token';
import { FlotillaError } from '../errors';
import type { Access } from '../kube/access';
import { connect } from '../kube/connect';
import type { Connection } from '../kube/connection';
import type { Discovery } from '../kube/discovery';
import { readAccess } from '../kube/kubeconfig';
import { getMetadata } from '../kube/metadata';
import { objectError } from '../kube/object-error';
import type { ClusterSecretReference } from '../tree/documents';
import { GROUP } from '../tree/names';

/** On a token: the hub that uses it, by the uid of its namespace. Two hubs may serve one cluster, and rotate their tokens apart. */
const HUB_LABEL = `${GROUP}/hub`;

export interface RegistrationOptions {
  /** Context of the cluster in the kubeconfig; its user makes roles there. */
  readonly context: string;
  /** Context of the hub's cluster. */
  readonly hubContext: string;
  /** Path. @default KUBECONFIG, then ~/.kube/config */
  readonly kubeconfig?: string;
  /** Name of the cluster in the fleet: a DNS label. */
  readonly name: string;
  /** In the cluster: of the ServiceAccount and the fleet's Deliveries. */
  readonly namespace: string;
  /** In the hub's cluster: of the Secret. */
  readonly hubNamespace: string;
  /** URL at which the hub reaches the cluster. @default that of the kubeconfig */
  readonly server?: string;
  /** What the hub may deliver. `discovery` is that of the cluster. */
  readonly permissions: (discovery: Discovery) => DeliveryPermissions;
  /** For the lines of TypeScript. */
  readonly environment: string;
  readonly labels: Readonly<Record<string, string>>;
  readonly signal?: AbortSignal;
}

/** What was done; nothing in it is secret. */
export interface Registration {
  readonly cluster: string;
  readonly context: string;
  /** URL of the API server that the hub was given. */
  readonly server: string;
  /** `flotilla-system/flotilla-spoke` */
  readonly serviceAccount: string;
  readonly secret: ClusterSecretReference;
  /** In the cluster. */
  readonly objects: readonly AppliedObject[];
  /** Former tokens of this hub that no longer work. */
  readonly revokedTokens: number;
  readonly warnings: readonly string[];
  /** Lines for the program of the fleet. */
  readonly typescript: string;
}

/**
 * Gives a hub the way to a cluster: rights and a token there, a Secret with a kubeconfig at the hub. Done again, it rotates the token: the new one is
 * verified and handed over before the old one is revoked, so it may be stopped anywhere, and the hub has one that works.
 *
 * @throws FLT6050 for a name or a URL that cannot be, FLT5001 for an unknown context, FLT50… when a cluster cannot be reached, FLT51… when it
 * forbids something, FLT7105, FLT7106 when it issues no token or does not accept it, FLT7111 when the hub has another Secret of the name
 */
export async function registerCluster(options: RegistrationOptions): Promise<Registration> {
  const { name, namespace, hubNamespace, kubeconfig, signal } = options;
  checkNames(options);
  const access = readAccess({ kubeconfig, context: options.context });
  const server = (options.server ?? access.cluster.server).replace(/\/+$/, '');
  const hub = await connect({ name: 'the hub', kubeconfig, context: options.hubContext, signal });
  try {
    const spoke = await connect({ name, kubeconfig, context: options.context, signal });
    try {
      const hubDiscovery = await discover(hub);
      const discovery = await discover(spoke);
      const hubId = await hubIdentity(hub, hubDiscovery, hubNamespace, signal);
      // What the hub would refuse is found out before anything is done to the cluster.
      await writeClusterSecret(hub, hubDiscovery, name, hubNamespace, '', { dryRun: true, signal });

      const wanted = spokeObjects(namespace, options.permissions(discovery));
      const objects = [
        ...await applyManifests(spoke, discovery, wanted, signal),
        ...await removeOldBindings(spoke, discovery, wanted, SPOKE_LABELS, `${namespace}:${SPOKE_ACCOUNT}`, signal),
      ];
      const labels = { ...SPOKE_LABELS, [CLUSTER_LABEL]: name, [HUB_LABEL]: hubId };
      const former = await listTokens(spoke, namespace, labels, signal);
      const issued = await issueToken(spoke, namespace, SPOKE_ACCOUNT, labels, signal);
      const warnings = addressWarnings(access, server);
      try {
        const address = { ca: access.cluster.insecure ? issued.ca : authorityOf(access), tlsServerName: access.cluster.tlsServerName };
        const handed = kubeconfigText(name, { ...address, server }, issued.token);
        warnings.push(...await verify(name, { ...address, server: access.cluster.server }, server, issued.token, namespace, signal));
        await writeClusterSecret(hub, hubDiscovery, name, hubNamespace, handed, { signal });
      } catch (error) {
        // The hub goes on with the one that it has.
        await deleteToken(spoke, namespace, issued).catch(() => undefined);
        throw error;
      }
      for (const token of former) {
        await deleteToken(spoke, namespace, token);
      }
      const secret = secretReference(name, hubNamespace);
      return {
        cluster: name, context: options.context, server, serviceAccount: `${namespace}/${SPOKE_ACCOUNT}`, secret, objects, revokedTokens: former.length, warnings,
        typescript: clusterLines(options.environment, name, options.labels, secret),
      };
    } finally {
      await spoke.close();
    }
  } finally {
    await hub.close();
  }
}

function checkNames({ name, namespace, hubNamespace, server }: RegistrationOptions): void {
  for (const [what, text] of [['cluster name', name], ['namespace', namespace], ['namespace', hubNamespace]]) {
    if (!isLabel(text)) {
      throw new FlotillaError('FLT6050', {
        what: `the ${what} ${JSON.stringify(text)} is not a DNS label`,
        fix: `${what === 'cluster name' ? 'name the cluster by --name: ' : 'use '}lower case letters, digits and hyphens, 63 at most, starting and ending with a letter or digit`,
      });
    }
  }
  if (server !== undefined && !(/^https?:\/\//i.test(server) && URL.canParse(server) && new URL(server).username === '')) {
    throw new FlotillaError('FLT6050', { what: `'${server}' is not the URL of an API server`, fix: 'give it as `https://api.prod.example.com:6443`' });
  }
}

/** The uid of the hub's namespace, which is made where it is missing. */
async function hubIdentity(hub: Connection, discovery: Discovery, namespace: string, signal?: AbortSignal): Promise<string> {
  const manifest = namespaceObject(namespace);
  const read = () => getMetadata(hub, findResource(discovery, manifest), { name: namespace }, { signal });
  try {
    const live = await read();
    if (live) {
      return live.metadata.uid;
    }
    await applyManifests(hub, discovery, [manifest], signal);
    return (await read())?.metadata.uid ?? '';
  } catch (error) {
    signal?.throwIfAborted();
    throw objectError(hub, `Namespace/${namespace}`, error);
  }
}

/** As the kubeconfig has it: a server behind a gateway has another authority than the one that pods see. */
function authorityOf({ cluster }: Access): string | undefined {
  return cluster.caData ?? (cluster.caFile === undefined ? undefined : readFileSync(cluster.caFile).toString('base64'));
}

/** By the address that the kubeconfig has; by the other one too, where it leads anywhere from here. */
async function verify(
  name: string, address: SpokeAddress, server: string, token: string, namespace: string, signal?: AbortSignal,
): Promise<string[]> {
  await verifyKubeconfig(name, kubeconfigText(name, address, token), namespace, signal);
  if (server === address.server) {
    return [];
  }
  try {
    await verifyKubeconfig(name, kubeconfigText(name, { ...address, server }, token), namespace, signal);
    return [];
  } catch (error) {
    signal?.throwIfAborted();
    if (error instanceof FlotillaError && error.code === 'FLT5003') {
      return [`${server} does not answer on this machine, so whether the hub can use it was not tried`];
    }
    throw error;
  }
}
