export type { DeliveryPermissions, PolicyRule } from './bootstrap/policy-rule';
export { Reconciler } from './bootstrap/reconciler';
export type { ReconcilerSettings } from './bootstrap/settings';
export { FlotillaError } from './errors';
export type { ErrorLocation, FlotillaErrorProps } from './errors';
export type { ExplainedField, Explanation, Maker, Question, Step } from './explain/explanation';
export { Fleet } from './fleet';
export type { SynthOptions, SynthReport } from './fleet';
export { Application } from './model/application';
export type { AnyApplication, ApplicationProps } from './model/application';
export { Cluster } from './model/cluster';
export type { ClusterProps } from './model/cluster';
export { Environment } from './model/environment';
export type { EnvironmentProps } from './model/environment';
export type { AnyFleet, EnvironmentOf, FleetModel, FleetProps, LabelsOf } from './model/fleet';
export type { ReservedLabel, StandardLabel, Vocabulary } from './model/labels';
export type { ModelConstruct } from './model/model-construct';
export { Overlay } from './model/overlay';
export type { SharedOverlayScope } from './model/overlay';
export type {
  AddedOverlay, AnyOverlayProps, ChangesOverlayProps, NoPatch, ObjectChanges, ObjectSelector, OverlayProps, OverlayScope, PatchChange, PatchContent,
  PatchedObject, PatchOverlayProps, SharedOverlayProps, SharedScope, SomeOf, StrategicMergePatch, ValuesOverlayProps,
} from './model/overlay-props';
export { patch } from './model/patch';
export type { ObjectOfKind } from './model/patch';
export type { KubernetesKinds } from './model/kinds/kinds';
export type { JsonPatchOperation } from './patch/json-patch';
export type { OneOrMany, Selector } from './model/selector';
export { HelmChart, Kustomization, Manifests } from './model/source';
export type { HelmChartProps, KustomizationProps, ManifestsProps, PinnedUrl, Source } from './model/source';
export type { Target } from './model/target';
export type { HealthRule } from './rules/health-rule';
export type { IgnoreRule } from './rules/ignore-rule';
export type { Synthesis } from './synth/synthesize';
export { openValues } from './model/values';
export type { DeepPartial } from './model/values';
export type { ClusterAccess, ClusterSecretReference, PrunePolicy, ServiceAccountRef } from './tree/documents';
export type { Manifest, ManifestMetadata, ObjectIdentity } from './tree/manifest';
