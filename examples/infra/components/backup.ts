import { Application, Kustomization, PatchedObject } from 'cdk8s-flotilla';
import type { ClusterName } from '../clusters';
import { component } from '../corpus';
import type { Infra } from '../fleet';

/** The keys that backups are encrypted with. */
const KEYS: Partial<Record<ClusterName, string>> = {
  'lightwell-dev': 'ca16fb4f-3876-4f28-bce2-b8de786412f9',
  'stone-stage-p01': '71be430c-e08f-4604-a3d6-f660d7b61072',
  'stone-stg-rh01': 'f1db03bc-ea5b-48f8-a40b-1afbbe666178',
  'kflux-ocp-p01': '5709bb39-3726-4a6c-aa1b-e5155cf981c1',
  'kflux-prd-rh02': '4d05fc08-4fc7-452b-80e7-75cc1caef564',
  'stone-prd-rh01': '673832a6-9a4e-41dd-a2d6-2f2ea64614f1',
  'stone-prod-p01': 'acab68d3-4bbd-453b-a31e-0ce354f0db4b',
  'stone-prod-p02': '8361cc78-2507-4c79-a23b-346aa80bbcaf',
};
/** Clusters whose bucket is made by another Terraform, which knows no key. */
const WITHOUT_KEY: readonly ClusterName[] = ['kflux-fedora-01', 'kflux-osp-p01', 'kflux-prd-rh03', 'kflux-rhel-p01'];
const STAGING = ['lightwell-dev', 'stone-stage-p01', 'stone-stg-rh01'];

/** Backups of what tenants have. */
export function addBackup(fleet: Infra): void {
  const clusters = [...Object.keys(KEYS), ...WITHOUT_KEY];
  new Application(fleet, 'backup', {
    namespace: 'openshift-adp',
    placement: { cluster: clusters },
    sources: [new Kustomization({ path: component('backup/base/member') })],
    overlays: [
      ...clusters.map(name => ({ where: { cluster: name }, patch: { kind: 'ExternalSecret' }, with: credentials(name) })),
      ...clusters.map(name => ({ where: { cluster: name }, patch: { kind: 'DataProtectionApplication' }, with: bucket(name, KEYS[name as ClusterName]) })),
      { where: { cluster: WITHOUT_KEY }, patch: { kind: 'ExternalSecret' }, with: secret => { secret.spec.secretStoreRef.name = 'appsre-stonesoup-vault'; } },
    ],
  });
}

function credentials(name: string) {
  const [region, stage] = STAGING.includes(name) ? ['appsres09ue1', 'stage'] : ['appsrep09ue1', 'prod'];
  const key = name in KEYS ? `integrations-output/terraform-resources/${region}/stonesoup-infra-${stage}-backup/backup-${name}`
    : `production/platform/terraform/generated/${name}/backup-bucket`;
  return (secret: PatchedObject) => { secret.spec.dataFrom[0].extract.key = key; };
}

function bucket(name: string, kmsKeyId?: string) {
  return (application: PatchedObject) => {
    const { velero } = application.spec.backupLocations[0];
    velero.objectStorage.bucket = `backup-${name}`;
    if (kmsKeyId) {
      velero.config.kmsKeyId = kmsKeyId;
    } else {
      delete velero.config.kmsKeyId;
    }
  };
}
