import { FlotillaError } from '../errors';
import { ClusterDocument, DeliveryDocument, FleetDocument } from './documents';
import { API_VERSION, GROUP, TREE_VERSION } from './names';
import { ruleErrors } from './parse-rules';
import { FLEET_FILE } from './paths';
import { at, Shape } from './shape';
import { parseEmitted } from '../yaml/parse-emitted';

/** Whether a parsed document is one of ours, of whatever version. */
export function isOurs(value: unknown, kind: 'Fleet' | 'Cluster' | 'Delivery'): boolean {
  const apiVersion = at(value, 'apiVersion');
  return typeof apiVersion === 'string' && apiVersion.startsWith(`${GROUP}/`) && at(value, 'kind') === kind;
}

/** Reads `fleet.yaml`; throws FLT3002, FLT3005 for a file of another program, FLT3006 for a newer layout, FLT3007. */
export function parseFleet(text: string, file = FLEET_FILE): FleetDocument {
  const value = parseEmitted(text, file);
  if (!isOurs(value, 'Fleet')) {
    throw new FlotillaError('FLT3005', {
      what: `${file} is not the description of a fleet: its kind is ${JSON.stringify(at(value, 'kind') ?? null)}, its apiVersion ${JSON.stringify(at(value, 'apiVersion') ?? null)}`,
      where: { file },
      fix: 'keep the fleet on a branch or in a folder of its own; other programs have a fleet.yaml too',
    });
  }
  refuseNewer(value, file);
  return valid<FleetDocument>(value, new Shape(value, file)
    .constant('apiVersion', API_VERSION)
    .name('metadata.name')
    .integer('spec.treeVersion', 1, TREE_VERSION)
    .name('spec.namespace')
    .list('spec.environments')
    .names('spec.clusters'));
}

/** Reads `clusters/NAME.yaml`; throws FLT3002, FLT3007. */
export function parseCluster(text: string, file: string): ClusterDocument {
  const value = parseEmitted(text, file);
  return valid<ClusterDocument>(value, new Shape(value, file)
    .constant('apiVersion', API_VERSION)
    .constant('kind', 'Cluster')
    .name('metadata.name')
    .text('spec.environment')
    .texts('spec.labels')
    .map('spec.access')
    .optional('spec.access.context', shape => shape.text('spec.access.context'))
    .optional('spec.access.secret', shape => shape
      .map('spec.access.secret')
      .absent('spec.access.context', 'a cluster has either a context or a secret')
      .name('spec.access.secret.name')
      .optional('spec.access.secret.namespace', inner => inner.name('spec.access.secret.namespace'))
      .optional('spec.access.secret.key', inner => inner.text('spec.access.secret.key'))));
}

/** Reads `clusters/NAME/APPLICATION.yaml`; undefined when the file is not ours; throws FLT3002, FLT3007, FLT3013. */
export function parseDelivery(text: string, file: string): DeliveryDocument | undefined {
  const value = parseEmitted(text, file);
  if (!isOurs(value, 'Delivery')) {
    return undefined;
  }
  const shape = new Shape(value, file)
    .constant('apiVersion', API_VERSION)
    .name('metadata.name')
    .name('spec.fleet')
    .name('spec.cluster')
    .name('spec.application')
    .optional('spec.namespace', inner => inner.name('spec.namespace'))
    .optional('spec.dependsOn', inner => inner.names('spec.dependsOn'))
    .optional('spec.prune', inner => inner.map('spec.prune'))
    .optional('spec.prune.enabled', inner => inner.boolean('spec.prune.enabled'))
    .optional('spec.prune.budget', inner => inner.integer('spec.prune.budget', 0, 100))
    .optional('spec.serviceAccount', inner => inner.map('spec.serviceAccount').name('spec.serviceAccount.name').name('spec.serviceAccount.namespace'));
  return valid<DeliveryDocument>(value, { errors: [...shape.errors, ...ruleErrors(value, file)] });
}

/** Throws FLT3006 when a `fleet.yaml` is of a layout that this version does not know. */
export function refuseNewer(value: unknown, file: string): void {
  const version = at(value, 'spec.treeVersion');
  if (typeof version === 'number' && version > TREE_VERSION) {
    throw new FlotillaError('FLT3006', {
      what: `the tree has version ${version}; this cdk8s-flotilla knows versions up to ${TREE_VERSION}`,
      where: { file },
      fix: 'upgrade cdk8s-flotilla to the version that wrote the tree, or a newer one',
    });
  }
}

function valid<T>(value: unknown, shape: Pick<Shape, 'errors'>): T {
  if (shape.errors.length > 0) {
    throw FlotillaError.all(shape.errors);
  }
  return value as T;
}
