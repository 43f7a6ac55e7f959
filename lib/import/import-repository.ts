import { existsSync, statSync } from 'node:fs';
import { basename, isAbsolute, relative, sep } from 'node:path';
import { findArgoDocuments } from './argo/documents';
import { importArgo } from './argo/import-argo';
import { withoutBrokenSources } from './check-sources';
import { Unmapped } from './imported-fleet';
import { importKustomizeTree } from './kustomize/import-tree';
import { writeProgram } from './write-program';
import { FlotillaError } from '../errors';
import { isDnsLabel } from '../model/dns-label';

export interface RepositoryImport {
  /** Folder with Kustomize directories, or with Applications and ApplicationSets; absolute. */
  readonly folder: string;
  /**
   * Name of the fleet.
   *
   * @default - that of the folder
   */
  readonly name?: string;
  /**
   * What paths of Argo CD sources are relative to; absolute.
   *
   * @default - the folder, or the nearest one above it that has the paths
   */
  readonly root?: string;
  /** Folder that the program will run in; absolute. */
  readonly runsIn: string;
}

export interface ImportedProgram {
  /** A fleet program in TypeScript. */
  readonly text: string;
  readonly clusters: number;
  readonly applications: number;
  readonly targets: number;
  /** What is not in the program, each once. */
  readonly unmapped: readonly Unmapped[];
}

/**
 * Writes a fleet program whose output is that of a repository as it is: of Argo CD Applications and ApplicationSets where the folder has any, and of Kustomize
 * directories otherwise.
 *
 * @throws FLT2507 when the folder has neither, or nothing in it is for a cluster.
 */
export function importRepository({ folder, name, root: given, runsIn }: RepositoryImport): ImportedProgram {
  if (!existsSync(folder) || !statSync(folder).isDirectory()) {
    throw new FlotillaError('FLT2507', { what: `there is no folder ${folder}`, where: { file: folder }, fix: 'name the folder of a repository' });
  }
  const argo = findArgoDocuments(folder);
  const found = argo.documents.length > 0 ? importArgo(argo, folder, given) : { fleet: importKustomizeTree(folder), root: folder };
  const fleet = withoutBrokenSources(found.fleet, found.root);
  if (fleet.applications.length === 0) {
    throw new FlotillaError('FLT2507', {
      what: `nothing in ${folder} is for a cluster${fleet.unmapped.length === 0 ? '' : `: ${fleet.unmapped.map(({ where, what }) => `${where} ${what}`).join('; ')}`}`,
      where: { file: folder },
      fix: 'name a folder with Kustomize directories NAME/ENVIRONMENT/CLUSTER, or with Argo CD Applications and ApplicationSets',
    });
  }
  const path = relative(runsIn, found.root);
  const text = writeProgram(fleet, name ?? fleetName(found.root), isAbsolute(path) ? path : path.split(sep).join('/') || '.');
  const targets = fleet.applications.reduce((sum, application) => sum + application.targets.length, 0);
  return { text, clusters: fleet.clusters.length, applications: fleet.applications.length, targets, unmapped: fleet.unmapped };
}

function fleetName(folder: string): string {
  const name = basename(folder).toLowerCase().replace(/[^a-z0-9]+/g, '-').replace(/^-+|-+$/g, '');
  return isDnsLabel(name) ? name : 'fleet';
}
