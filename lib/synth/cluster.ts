import { FlotillaError } from '../errors';
import { checkIdentity, checkIgnore, checkNamespace, checkSecret, settleNamespace } from './check-object';
import { CheckedObject, ClusterChecks } from './checks/cluster-checks';
import { takeSkipped } from './checks/skipped';
import { clusterDocument, deliveryDocument } from './documents';
import { RenderedObject } from './objects';
import { sharedOverlays } from './overlays/scopes';
import { Placement } from './placement';
import { Problem } from './problem';
import { CustomScopes, definedScope, Scope, scopeOf } from './scope';
import { SourceObjects } from './source-objects';
import { RenderedTarget, renderObjects } from './target';
import { AnyApplication } from '../model/application';
import { AnyFleet } from '../model/fleet';
import { formatIdentity, identityOf } from '../tree/manifest';
import { clusterFile, deliveryFile, objectFile, targetFolder } from '../tree/paths';
import { emitYaml } from '../yaml/emit';

/** The part of the committed tree that describes one cluster. */
export interface ClusterTree {
  /** Paths and contents. */
  readonly files: ReadonlyMap<string, string>;
  readonly objects: number;
  readonly problems: readonly Problem[];
  readonly warnings: readonly Problem[];
  /** What the overlays of fleet, environment and cluster matched, a target each. */
  readonly shared: readonly RenderedTarget['shared'][];
}

/** Renders all applications of a cluster, puts their objects into files and checks them. */
export function synthesizeCluster(
  fleet: AnyFleet, placement: Placement, sources: (application: AnyApplication) => SourceObjects, checks: ClusterChecks,
): ClusterTree {
  const { cluster, facts, applications } = placement;
  const declared: CustomScopes = new Map(fleet.clusterScopedKinds.map(kind => [kind, 'cluster']));
  const shared = sharedOverlays(cluster, facts);
  const targets = applications.map(application => renderObjects(application, facts, sources(application), declared, shared));
  const problems = targets.flatMap(target => target.problems);
  const scopes = customScopes(declared, targets);
  const files = new Map<string, string>([[clusterFile(cluster.name), emitYaml(clusterDocument(cluster))]]);
  const onCluster = new Set(applications);
  const owners = new Map<string, RenderedObject>();
  const checked: CheckedObject[] = [];
  let objects = 0;

  for (const target of targets) {
    files.set(deliveryFile(cluster.name, target.application.name), emitYaml(deliveryDocument(target.application, cluster, onCluster, target.objects)));
    const folder = targetFolder(cluster.name, target.application.name);
    for (const object of target.objects) {
      objects++;
      const misplaced = place(object, scopes, owners);
      if (misplaced) {
        problems.push(misplaced);
        continue;
      }
      const { skipped, problem } = takeSkipped(object, fleet);
      const written = write(object, folder, files);
      problems.push(...[problem, written.problem].filter(each => each !== undefined));
      if (written.text !== undefined) {
        checked.push({ object, text: written.text, skipped });
      }
    }
  }
  const found = checks.check(checked, facts);
  return {
    files, objects, problems: [...problems, ...found.problems], warnings: [...targets.flatMap(target => target.warnings), ...found.warnings],
    shared: targets.map(target => target.shared),
  };
}

/** What is known of the scopes of custom kinds on a cluster: by the fleet's word, and by the definitions that are rendered onto it. */
function customScopes(declared: CustomScopes, targets: readonly RenderedTarget[]): CustomScopes {
  const scopes = new Map<string, Scope>(declared);
  for (const { manifest } of targets.flatMap(target => target.objects)) {
    const defined = definedScope(manifest);
    if (defined) {
      scopes.set(defined.groupKind, defined.scope);
    }
  }
  return scopes;
}

/** Settles where an object lives, and that it is the only one of its identity. */
function place(object: RenderedObject, scopes: CustomScopes, owners: Map<string, RenderedObject>): Problem | undefined {
  const malformed = checkIdentity(object);
  if (malformed) {
    return malformed;
  }
  const scope = scopeOf(object.manifest, scopes);
  settleNamespace(object, scope);
  const identity = formatIdentity(identityOf(object.manifest));
  const owner = owners.get(identity);
  if (owner) {
    return {
      code: 'FLT2001',
      application: object.origin.application,
      origin: object.origin,
      what: name => `${identity} is rendered twice onto one cluster: by ${name(owner.origin)} and by ${name(object.origin)}`,
      fix: 'remove one of them, or give it another name or namespace',
    };
  }
  owners.set(identity, object);
  return checkNamespace(object, scope) ?? checkSecret(object) ?? checkIgnore(object);
}

interface Written {
  readonly text?: string;
  readonly problem?: Problem;
}

function write(object: RenderedObject, folder: string, files: Map<string, string>): Written {
  const { origin, manifest } = object;
  const path = `${folder}/${objectFile(identityOf(manifest))}`;
  if (files.has(path)) {
    const what = `two kinds that differ in upper and lower case alone have an object '${manifest.metadata.name}': ${manifest.kind} would share the file ${path}`;
    return { problem: { code: 'FLT2016', application: origin.application, origin, what, fix: 'write the kind as its API does' } };
  }
  try {
    const text = emitYaml(manifest);
    files.set(path, text);
    return { text };
  } catch (error) {
    if (!(error instanceof FlotillaError)) {
      throw error;
    }
    const identity = formatIdentity(identityOf(manifest));
    return { problem: { code: error.code, what: `${identity} cannot be written: ${error.what}`, fix: error.fix, application: origin.application, origin } };
  }
}
