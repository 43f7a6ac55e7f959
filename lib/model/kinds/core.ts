// Written by scripts/kinds.ts from the OpenAPI documents of Kubernetes 1.36.3. Not edited by hand.
import type { ObjectMeta } from './meta';
import type {
  AWSElasticBlockStoreVolumeSource,
  AzureDiskVolumeSource,
  FCVolumeSource,
  FlockerVolumeSource,
  GCEPersistentDiskVolumeSource,
  HostPathVolumeSource,
  LocalObjectReference,
  NFSVolumeSource,
  NodeSelector,
  PersistentVolumeClaimSpec,
  PhotonPersistentDiskVolumeSource,
  PodSpec,
  PodTemplateSpec,
  PortworxVolumeSource,
  QuobyteVolumeSource,
  VsphereVirtualDiskVolumeSource,
} from './pod';

export interface AzureFilePersistentVolumeSource { readOnly?: boolean; secretName: string; secretNamespace?: string; shareName: string }

export interface CSIPersistentVolumeSource {
  controllerExpandSecretRef?: SecretReference; controllerPublishSecretRef?: SecretReference; driver: string; fsType?: string;
  nodeExpandSecretRef?: SecretReference; nodePublishSecretRef?: SecretReference; nodeStageSecretRef?: SecretReference; readOnly?: boolean;
  volumeAttributes?: Record<string, string>; volumeHandle: string;
}

export interface CephFSPersistentVolumeSource {
  monitors: string[]; path?: string; readOnly?: boolean; secretFile?: string; secretRef?: SecretReference; user?: string;
}

export interface CinderPersistentVolumeSource { fsType?: string; readOnly?: boolean; secretRef?: SecretReference; volumeID: string }

export interface ClientIPConfig { timeoutSeconds?: number }

export interface ConfigMap {
  apiVersion: string; binaryData?: Record<string, string>; data?: Record<string, string>; immutable?: boolean; kind: 'ConfigMap';
  metadata: ObjectMeta;
}

export interface FlexPersistentVolumeSource {
  driver: string; fsType?: string; options?: Record<string, string>; readOnly?: boolean; secretRef?: SecretReference;
}

export interface GlusterfsPersistentVolumeSource { endpoints: string; endpointsNamespace?: string; path: string; readOnly?: boolean }

export interface ISCSIPersistentVolumeSource {
  chapAuthDiscovery?: boolean; chapAuthSession?: boolean; fsType?: string; initiatorName?: string; iqn: string; iscsiInterface?: string; lun: number;
  portals?: string[]; readOnly?: boolean; secretRef?: SecretReference; targetPortal: string;
}

export interface LimitRange { apiVersion: string; kind: 'LimitRange'; metadata: ObjectMeta; spec: LimitRangeSpec }

export interface LimitRangeItem {
  default?: Record<string, number | string>; defaultRequest?: Record<string, number | string>; max?: Record<string, number | string>;
  maxLimitRequestRatio?: Record<string, number | string>; min?: Record<string, number | string>; type: string;
}

export interface LimitRangeSpec { limits: LimitRangeItem[] }

export interface LocalVolumeSource { fsType?: string; path: string }

export interface Namespace { apiVersion: string; kind: 'Namespace'; metadata: ObjectMeta; spec: NamespaceSpec }

export interface NamespaceSpec { finalizers?: string[] }

export interface ObjectReference {
  apiVersion?: string; fieldPath?: string; kind?: string; name?: string; namespace?: string; resourceVersion?: string; uid?: string;
}

export interface PersistentVolume { apiVersion: string; kind: 'PersistentVolume'; metadata: ObjectMeta; spec: PersistentVolumeSpec }

export interface PersistentVolumeClaim { apiVersion: string; kind: 'PersistentVolumeClaim'; metadata: ObjectMeta; spec: PersistentVolumeClaimSpec }

export interface PersistentVolumeSpec {
  accessModes?: string[]; awsElasticBlockStore?: AWSElasticBlockStoreVolumeSource; azureDisk?: AzureDiskVolumeSource;
  azureFile?: AzureFilePersistentVolumeSource; capacity?: Record<string, number | string>; cephfs?: CephFSPersistentVolumeSource;
  cinder?: CinderPersistentVolumeSource; claimRef?: ObjectReference; csi?: CSIPersistentVolumeSource; fc?: FCVolumeSource;
  flexVolume?: FlexPersistentVolumeSource; flocker?: FlockerVolumeSource; gcePersistentDisk?: GCEPersistentDiskVolumeSource;
  glusterfs?: GlusterfsPersistentVolumeSource; hostPath?: HostPathVolumeSource; iscsi?: ISCSIPersistentVolumeSource; local?: LocalVolumeSource;
  mountOptions?: string[]; nfs?: NFSVolumeSource; nodeAffinity?: VolumeNodeAffinity; persistentVolumeReclaimPolicy?: string;
  photonPersistentDisk?: PhotonPersistentDiskVolumeSource; portworxVolume?: PortworxVolumeSource; quobyte?: QuobyteVolumeSource;
  rbd?: RBDPersistentVolumeSource; scaleIO?: ScaleIOPersistentVolumeSource; storageClassName?: string; storageos?: StorageOSPersistentVolumeSource;
  volumeAttributesClassName?: string; volumeMode?: string; vsphereVolume?: VsphereVirtualDiskVolumeSource;
}

export interface Pod { apiVersion: string; kind: 'Pod'; metadata: ObjectMeta; spec: PodSpec }

export interface PodTemplate { apiVersion: string; kind: 'PodTemplate'; metadata: ObjectMeta; template: PodTemplateSpec }

export interface RBDPersistentVolumeSource {
  fsType?: string; image: string; keyring?: string; monitors: string[]; pool?: string; readOnly?: boolean; secretRef?: SecretReference; user?: string;
}

export interface ReplicationController { apiVersion: string; kind: 'ReplicationController'; metadata: ObjectMeta; spec: ReplicationControllerSpec }

export interface ReplicationControllerSpec {
  minReadySeconds?: number; replicas?: number; selector?: Record<string, string>; template: PodTemplateSpec;
}

export interface ResourceQuota { apiVersion: string; kind: 'ResourceQuota'; metadata: ObjectMeta; spec: ResourceQuotaSpec }

export interface ResourceQuotaSpec { hard?: Record<string, number | string>; scopeSelector?: ScopeSelector; scopes?: string[] }

export interface ScaleIOPersistentVolumeSource {
  fsType?: string; gateway: string; protectionDomain?: string; readOnly?: boolean; secretRef: SecretReference; sslEnabled?: boolean;
  storageMode?: string; storagePool?: string; system: string; volumeName?: string;
}

export interface ScopeSelector { matchExpressions?: ScopedResourceSelectorRequirement[] }

export interface ScopedResourceSelectorRequirement { operator: string; scopeName: string; values?: string[] }

export interface Secret {
  apiVersion: string; data?: Record<string, string>; immutable?: boolean; kind: 'Secret'; metadata: ObjectMeta; stringData?: Record<string, string>;
  type?: string;
}

export interface SecretReference { name?: string; namespace?: string }

export interface Service { apiVersion: string; kind: 'Service'; metadata: ObjectMeta; spec: ServiceSpec }

export interface ServiceAccount {
  apiVersion: string; automountServiceAccountToken?: boolean; imagePullSecrets?: LocalObjectReference[]; kind: 'ServiceAccount'; metadata: ObjectMeta;
  secrets?: ObjectReference[];
}

export interface ServicePort {
  appProtocol?: string; name?: string; nodePort?: number; port: number; protocol?: string; targetPort?: number | string;
}

export interface ServiceSpec {
  allocateLoadBalancerNodePorts?: boolean; clusterIP?: string; clusterIPs?: string[]; externalIPs?: string[]; externalName?: string;
  externalTrafficPolicy?: string; healthCheckNodePort?: number; internalTrafficPolicy?: string; ipFamilies?: string[]; ipFamilyPolicy?: string;
  loadBalancerClass?: string; loadBalancerIP?: string; loadBalancerSourceRanges?: string[]; ports?: ServicePort[]; publishNotReadyAddresses?: boolean;
  selector?: Record<string, string>; sessionAffinity?: string; sessionAffinityConfig?: SessionAffinityConfig; trafficDistribution?: string;
  type?: string;
}

export interface SessionAffinityConfig { clientIP?: ClientIPConfig }

export interface StorageOSPersistentVolumeSource {
  fsType?: string; readOnly?: boolean; secretRef?: ObjectReference; volumeName?: string; volumeNamespace?: string;
}

export interface TopologySelectorLabelRequirement { key: string; values: string[] }

export interface TopologySelectorTerm { matchLabelExpressions?: TopologySelectorLabelRequirement[] }

export interface VolumeNodeAffinity { required?: NodeSelector }
