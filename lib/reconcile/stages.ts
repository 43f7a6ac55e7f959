import { formatGroupKind, ObjectIdentity } from '../tree/manifest';

/**
 * The order inside a target. Objects of one stage and wave are written together; the next ones wait for their answers.
 *
 * - `definition`: what the API needs to accept the others; written first whatever their wave says
 * - `setting`: what pods need when they start
 * - `workload`: everything else
 * - `admission`: webhooks come last, or they would refuse the objects that their own server needs
 */
export const STAGES = ['definition', 'setting', 'workload', 'admission'] as const;
export type Stage = (typeof STAGES)[number];

const STAGE_OF: Readonly<Record<string, Stage>> = {
  'Namespace': 'definition',
  'CustomResourceDefinition.apiextensions.k8s.io': 'definition',
  'PriorityClass.scheduling.k8s.io': 'setting',
  'RuntimeClass.node.k8s.io': 'setting',
  'StorageClass.storage.k8s.io': 'setting',
  'CSIDriver.storage.k8s.io': 'setting',
  'VolumeAttributesClass.storage.k8s.io': 'setting',
  'IngressClass.networking.k8s.io': 'setting',
  'GatewayClass.gateway.networking.k8s.io': 'setting',
  'ResourceQuota': 'setting',
  'LimitRange': 'setting',
  'NetworkPolicy.networking.k8s.io': 'setting',
  'ServiceAccount': 'setting',
  'Secret': 'setting',
  'ConfigMap': 'setting',
  'ClusterRole.rbac.authorization.k8s.io': 'setting',
  'ClusterRoleBinding.rbac.authorization.k8s.io': 'setting',
  'Role.rbac.authorization.k8s.io': 'setting',
  'RoleBinding.rbac.authorization.k8s.io': 'setting',
  'PersistentVolume': 'setting',
  'PersistentVolumeClaim': 'setting',
  'Service': 'setting',
  'MutatingWebhookConfiguration.admissionregistration.k8s.io': 'admission',
  'ValidatingWebhookConfiguration.admissionregistration.k8s.io': 'admission',
  'MutatingAdmissionPolicyBinding.admissionregistration.k8s.io': 'admission',
  'ValidatingAdmissionPolicyBinding.admissionregistration.k8s.io': 'admission',
  'APIService.apiregistration.k8s.io': 'admission',
};

/** The stage of a kind. */
export function stageOf(id: { readonly group: string; readonly kind: string }): Stage {
  return STAGE_OF[formatGroupKind(id)] ?? 'workload';
}

/** Kinds that stay when they leave the tree, because their deletion takes other people's objects or data with it. */
const KEPT = new Set([
  'Namespace',
  'CustomResourceDefinition.apiextensions.k8s.io',
  'PersistentVolumeClaim',
  'PersistentVolume',
]);

/** Whether objects of the kind stay unless their own annotation says `delete`. */
export function isKeptByDefault(id: { readonly group: string; readonly kind: string }): boolean {
  return KEPT.has(formatGroupKind(id));
}

/** Place in the order; objects of one place are written together. */
export interface Place {
  readonly stage: Stage;
  readonly wave: number;
}

/** Definitions come first, wave by wave; then all other stages, wave by wave. */
export function comparePlaces(a: Place, b: Place): number {
  const definitions = Number(b.stage === 'definition') - Number(a.stage === 'definition');
  return definitions || a.wave - b.wave || STAGES.indexOf(a.stage) - STAGES.indexOf(b.stage);
}

/** The order in which pruned objects go: what was written last goes first; permissions go last of all, since the others may be deleted by them. */
export function comparePruning(a: ObjectIdentity, b: ObjectIdentity): number {
  return pruningPlace(a) - pruningPlace(b);
}

function pruningPlace(id: ObjectIdentity): number {
  return isPermission(id) ? STAGES.length : STAGES.length - 1 - STAGES.indexOf(stageOf(id));
}

/** Roles and bindings. */
export function isPermission({ group }: { readonly group: string }): boolean {
  return group === 'rbac.authorization.k8s.io';
}
