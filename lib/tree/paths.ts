import { createHash } from 'node:crypto';
import { formatIdentity, ObjectIdentity } from './manifest';

/** The fleet's own description. */
export const FLEET_FILE = 'fleet.yaml';
/** Everything else lies below this folder. */
export const CLUSTERS_FOLDER = 'clusters';
/** Folder of the cluster-scoped objects of an application; no namespace has an underscore in its name. */
export const CLUSTER_SCOPE_FOLDER = '_cluster';

/** 255 bytes is the limit of ext4, APFS and NTFS. */
const MAX_FILE_NAME = 240;
/** Names that Windows reserves for devices, with or without an extension. */
const RESERVED = /^(con|prn|aux|nul|com[0-9]|lpt[0-9])$/;

/** `clusters/NAME.yaml` */
export function clusterFile(cluster: string): string {
  return `${CLUSTERS_FOLDER}/${cluster}.yaml`;
}

/** `clusters/NAME` */
export function clusterFolder(cluster: string): string {
  return `${CLUSTERS_FOLDER}/${cluster}`;
}

/** `clusters/NAME/APPLICATION.yaml` */
export function deliveryFile(cluster: string, application: string): string {
  return `${clusterFolder(cluster)}/${application}.yaml`;
}

/** `clusters/NAME/APPLICATION` */
export function targetFolder(cluster: string, application: string): string {
  return `${clusterFolder(cluster)}/${application}`;
}

/**
 * Path of an object inside its application's folder: `shop/deployment.apps.web.yaml`.
 *
 * A function of the identity alone, and one-to-one on any file system:
 * - a name without dots follows the group after a dot; a name with dots follows it after `_`, which neither a group
 *   nor an encoded name contains (`service_a.b` is not `service.a.b`);
 * - upper case and all that is not `[a-z0-9.-]` in a name is percent-encoded;
 * - what would be longer than a file name may be ends in a hash of the whole identity.
 */
export function objectFile(id: ObjectIdentity): string {
  const folder = id.namespace === undefined ? CLUSTER_SCOPE_FOLDER : encodeReserved(encodeName(id.namespace));
  const kind = encodeReserved(id.kind.toLowerCase());
  const prefix = id.group ? `${kind}.${id.group}` : kind;
  const full = `${prefix}${id.name.includes('.') ? '_' : '.'}${encodeName(id.name)}`;
  if (full.length + '.yaml'.length <= MAX_FILE_NAME) {
    return `${folder}/${full}.yaml`;
  }
  const hash = createHash('sha256').update(formatIdentity(id)).digest('hex').slice(0, 32);
  return `${folder}/${full.slice(0, MAX_FILE_NAME - 40)}~${hash}.yaml`;
}

/** What a path in the tree is, by its shape. */
export type TreePath =
  | { readonly kind: 'fleet' }
  | { readonly kind: 'cluster'; readonly cluster: string }
  | { readonly kind: 'delivery'; readonly cluster: string; readonly application: string }
  | { readonly kind: 'object'; readonly cluster: string; readonly application: string; readonly file: string };

/** Tells what a path is; undefined for a path that is not one of the tree's. */
export function parseTreePath(path: string): TreePath | undefined {
  if (path === FLEET_FILE) {
    return { kind: 'fleet' };
  }
  if (!path.endsWith('.yaml')) {
    return undefined;
  }
  const [root, cluster, application, ...rest] = path.split('/');
  if (root !== CLUSTERS_FOLDER || cluster === undefined) {
    return undefined;
  }
  if (application === undefined) {
    return { kind: 'cluster', cluster: withoutExtension(cluster) };
  }
  if (rest.length === 0) {
    return { kind: 'delivery', cluster, application: withoutExtension(application) };
  }
  return { kind: 'object', cluster, application, file: rest.join('/') };
}

function withoutExtension(file: string): string {
  return file.slice(0, -'.yaml'.length);
}

function encodeName(name: string): string {
  return name.replace(/[^a-z0-9.-]/gu, char => encodeBytes(char));
}

function encodeReserved(name: string): string {
  return RESERVED.test(name) ? `${encodeBytes(name[0])}${name.slice(1)}` : name;
}

function encodeBytes(char: string): string {
  return [...Buffer.from(char, 'utf8')].map(byte => `%${byte.toString(16).toLowerCase().padStart(2, '0')}`).join('');
}
