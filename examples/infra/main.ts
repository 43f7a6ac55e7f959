import { addClusters } from './clusters';
import { addBackup } from './components/backup';
import { addCostManagement } from './components/cost-management';
import { addNamespaceLister } from './components/namespace-lister';
import { Infra, newFleet } from './fleet';
import { addAuthentication, addBackupFolders, addCostManagementFolders, addKonfluxInfo, addNamespaceListerFolders } from './folders';

/** The five components as they are: a Kustomize directory for each cluster. */
export function infraOfFolders(): Infra {
  const fleet = newFleet();
  addClusters(fleet);
  addAuthentication(fleet);
  addKonfluxInfo(fleet);
  addBackupFolders(fleet);
  addCostManagementFolders(fleet);
  addNamespaceListerFolders(fleet);
  return fleet;
}

/** The same objects: three of the components are their base and typed overlays, and need no folders for clusters any more. */
export function infra(): Infra {
  const fleet = newFleet();
  addClusters(fleet);
  addAuthentication(fleet);
  addKonfluxInfo(fleet);
  addBackup(fleet);
  addCostManagement(fleet);
  addNamespaceLister(fleet);
  return fleet;
}

// `npx tsx main.ts`, `flotilla synth` and `cdk8s synth` come by here; a test that imports the fleet does not.
if (require.main === module) {
  infra().synth();
}
