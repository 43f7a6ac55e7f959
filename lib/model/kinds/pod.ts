// Written by scripts/kinds.ts from the OpenAPI documents of Kubernetes 1.36.3. Not edited by hand.
import type { LabelSelector, ObjectMeta } from './meta';

export interface AWSElasticBlockStoreVolumeSource { fsType?: string; partition?: number; readOnly?: boolean; volumeID: string }

export interface Affinity { nodeAffinity?: NodeAffinity; podAffinity?: PodAffinity; podAntiAffinity?: PodAntiAffinity }

export interface AppArmorProfile { localhostProfile?: string; type: string }

export interface AzureDiskVolumeSource {
  cachingMode?: string; diskName: string; diskURI: string; fsType?: string; kind?: string; readOnly?: boolean;
}

export interface AzureFileVolumeSource { readOnly?: boolean; secretName: string; shareName: string }

export interface CSIVolumeSource {
  driver: string; fsType?: string; nodePublishSecretRef?: LocalObjectReference; readOnly?: boolean; volumeAttributes?: Record<string, string>;
}

export interface Capabilities { add?: string[]; drop?: string[] }

export interface CephFSVolumeSource {
  monitors: string[]; path?: string; readOnly?: boolean; secretFile?: string; secretRef?: LocalObjectReference; user?: string;
}

export interface CinderVolumeSource { fsType?: string; readOnly?: boolean; secretRef?: LocalObjectReference; volumeID: string }

export interface ClusterTrustBundleProjection { labelSelector?: LabelSelector; name?: string; optional?: boolean; path: string; signerName?: string }

export interface ConfigMapEnvSource { name?: string; optional?: boolean }

export interface ConfigMapKeySelector { key: string; name?: string; optional?: boolean }

export interface ConfigMapProjection { items?: KeyToPath[]; name?: string; optional?: boolean }

export interface ConfigMapVolumeSource { defaultMode?: number; items?: KeyToPath[]; name?: string; optional?: boolean }

export interface Container {
  args?: string[]; command?: string[]; env?: EnvVar[]; envFrom?: EnvFromSource[]; image?: string; imagePullPolicy?: string; lifecycle?: Lifecycle;
  livenessProbe?: Probe; name: string; ports?: ContainerPort[]; readinessProbe?: Probe; resizePolicy?: ContainerResizePolicy[];
  resources?: ResourceRequirements; restartPolicy?: string; restartPolicyRules?: ContainerRestartRule[]; securityContext?: SecurityContext;
  startupProbe?: Probe; stdin?: boolean; stdinOnce?: boolean; terminationMessagePath?: string; terminationMessagePolicy?: string; tty?: boolean;
  volumeDevices?: VolumeDevice[]; volumeMounts?: VolumeMount[]; workingDir?: string;
}

export interface ContainerPort { containerPort: number; hostIP?: string; hostPort?: number; name?: string; protocol?: string }

export interface ContainerResizePolicy { resourceName: string; restartPolicy: string }

export interface ContainerRestartRule { action: string; exitCodes?: ContainerRestartRuleOnExitCodes }

export interface ContainerRestartRuleOnExitCodes { operator: string; values?: number[] }

export interface DownwardAPIProjection { items?: DownwardAPIVolumeFile[] }

export interface DownwardAPIVolumeFile { fieldRef?: ObjectFieldSelector; mode?: number; path: string; resourceFieldRef?: ResourceFieldSelector }

export interface DownwardAPIVolumeSource { defaultMode?: number; items?: DownwardAPIVolumeFile[] }

export interface EmptyDirVolumeSource { medium?: string; sizeLimit?: number | string }

export interface EnvFromSource { configMapRef?: ConfigMapEnvSource; prefix?: string; secretRef?: SecretEnvSource }

export interface EnvVar { name: string; value?: string; valueFrom?: EnvVarSource }

export interface EnvVarSource {
  configMapKeyRef?: ConfigMapKeySelector; fieldRef?: ObjectFieldSelector; fileKeyRef?: FileKeySelector; resourceFieldRef?: ResourceFieldSelector;
  secretKeyRef?: SecretKeySelector;
}

export interface EphemeralContainer {
  args?: string[]; command?: string[]; env?: EnvVar[]; envFrom?: EnvFromSource[]; image?: string; imagePullPolicy?: string; lifecycle?: Lifecycle;
  livenessProbe?: Probe; name: string; ports?: ContainerPort[]; readinessProbe?: Probe; resizePolicy?: ContainerResizePolicy[];
  resources?: ResourceRequirements; restartPolicy?: string; restartPolicyRules?: ContainerRestartRule[]; securityContext?: SecurityContext;
  startupProbe?: Probe; stdin?: boolean; stdinOnce?: boolean; targetContainerName?: string; terminationMessagePath?: string;
  terminationMessagePolicy?: string; tty?: boolean; volumeDevices?: VolumeDevice[]; volumeMounts?: VolumeMount[]; workingDir?: string;
}

export interface EphemeralVolumeSource { volumeClaimTemplate?: PersistentVolumeClaimTemplate }

export interface ExecAction { command?: string[] }

export interface FCVolumeSource { fsType?: string; lun?: number; readOnly?: boolean; targetWWNs?: string[]; wwids?: string[] }

export interface FileKeySelector { key: string; optional?: boolean; path: string; volumeName: string }

export interface FlexVolumeSource {
  driver: string; fsType?: string; options?: Record<string, string>; readOnly?: boolean; secretRef?: LocalObjectReference;
}

export interface FlockerVolumeSource { datasetName?: string; datasetUUID?: string }

export interface GCEPersistentDiskVolumeSource { fsType?: string; partition?: number; pdName: string; readOnly?: boolean }

export interface GRPCAction { port: number; service?: string }

export interface GitRepoVolumeSource { directory?: string; repository: string; revision?: string }

export interface GlusterfsVolumeSource { endpoints: string; path: string; readOnly?: boolean }

export interface HTTPGetAction { host?: string; httpHeaders?: HTTPHeader[]; path?: string; port: number | string; scheme?: string }

export interface HTTPHeader { name: string; value: string }

export interface HostAlias { hostnames?: string[]; ip: string }

export interface HostPathVolumeSource { path: string; type?: string }

export interface ISCSIVolumeSource {
  chapAuthDiscovery?: boolean; chapAuthSession?: boolean; fsType?: string; initiatorName?: string; iqn: string; iscsiInterface?: string; lun: number;
  portals?: string[]; readOnly?: boolean; secretRef?: LocalObjectReference; targetPortal: string;
}

export interface ImageVolumeSource { pullPolicy?: string; reference?: string }

export interface KeyToPath { key: string; mode?: number; path: string }

export interface Lifecycle { postStart?: LifecycleHandler; preStop?: LifecycleHandler; stopSignal?: string }

export interface LifecycleHandler { exec?: ExecAction; httpGet?: HTTPGetAction; sleep?: SleepAction; tcpSocket?: TCPSocketAction }

export interface LocalObjectReference { name?: string }

export interface NFSVolumeSource { path: string; readOnly?: boolean; server: string }

export interface NodeAffinity {
  preferredDuringSchedulingIgnoredDuringExecution?: PreferredSchedulingTerm[]; requiredDuringSchedulingIgnoredDuringExecution?: NodeSelector;
}

export interface NodeSelector { nodeSelectorTerms: NodeSelectorTerm[] }

export interface NodeSelectorRequirement { key: string; operator: string; values?: string[] }

export interface NodeSelectorTerm { matchExpressions?: NodeSelectorRequirement[]; matchFields?: NodeSelectorRequirement[] }

export interface ObjectFieldSelector { apiVersion?: string; fieldPath: string }

export interface PersistentVolumeClaimSpec {
  accessModes?: string[]; dataSource?: TypedLocalObjectReference; dataSourceRef?: TypedObjectReference; resources?: VolumeResourceRequirements;
  selector?: LabelSelector; storageClassName?: string; volumeAttributesClassName?: string; volumeMode?: string; volumeName?: string;
}

export interface PersistentVolumeClaimTemplate { metadata: ObjectMeta; spec: PersistentVolumeClaimSpec }

export interface PersistentVolumeClaimVolumeSource { claimName: string; readOnly?: boolean }

export interface PhotonPersistentDiskVolumeSource { fsType?: string; pdID: string }

export interface PodAffinity {
  preferredDuringSchedulingIgnoredDuringExecution?: WeightedPodAffinityTerm[]; requiredDuringSchedulingIgnoredDuringExecution?: PodAffinityTerm[];
}

export interface PodAffinityTerm {
  labelSelector?: LabelSelector; matchLabelKeys?: string[]; mismatchLabelKeys?: string[]; namespaceSelector?: LabelSelector; namespaces?: string[];
  topologyKey: string;
}

export interface PodAntiAffinity {
  preferredDuringSchedulingIgnoredDuringExecution?: WeightedPodAffinityTerm[]; requiredDuringSchedulingIgnoredDuringExecution?: PodAffinityTerm[];
}

export interface PodCertificateProjection {
  certificateChainPath?: string; credentialBundlePath?: string; keyPath?: string; keyType: string; maxExpirationSeconds?: number; signerName: string;
  userAnnotations?: Record<string, string>;
}

export interface PodDNSConfig { nameservers?: string[]; options?: PodDNSConfigOption[]; searches?: string[] }

export interface PodDNSConfigOption { name?: string; value?: string }

export interface PodOS { name: string }

export interface PodReadinessGate { conditionType: string }

export interface PodResourceClaim { name: string; resourceClaimName?: string; resourceClaimTemplateName?: string }

export interface PodSchedulingGate { name: string }

export interface PodSchedulingGroup { podGroupName?: string }

export interface PodSecurityContext {
  appArmorProfile?: AppArmorProfile; fsGroup?: number; fsGroupChangePolicy?: string; runAsGroup?: number; runAsNonRoot?: boolean; runAsUser?: number;
  seLinuxChangePolicy?: string; seLinuxOptions?: SELinuxOptions; seccompProfile?: SeccompProfile; supplementalGroups?: number[];
  supplementalGroupsPolicy?: string; sysctls?: Sysctl[]; windowsOptions?: WindowsSecurityContextOptions;
}

export interface PodSpec {
  activeDeadlineSeconds?: number; affinity?: Affinity; automountServiceAccountToken?: boolean; containers: Container[]; dnsConfig?: PodDNSConfig;
  dnsPolicy?: string; enableServiceLinks?: boolean; ephemeralContainers?: EphemeralContainer[]; hostAliases?: HostAlias[]; hostIPC?: boolean;
  hostNetwork?: boolean; hostPID?: boolean; hostUsers?: boolean; hostname?: string; hostnameOverride?: string;
  imagePullSecrets?: LocalObjectReference[]; initContainers?: Container[]; nodeName?: string; nodeSelector?: Record<string, string>; os?: PodOS;
  overhead?: Record<string, number | string>; preemptionPolicy?: string; priority?: number; priorityClassName?: string;
  readinessGates?: PodReadinessGate[]; resourceClaims?: PodResourceClaim[]; resources?: ResourceRequirements; restartPolicy?: string;
  runtimeClassName?: string; schedulerName?: string; schedulingGates?: PodSchedulingGate[]; schedulingGroup?: PodSchedulingGroup;
  securityContext?: PodSecurityContext; serviceAccount?: string; serviceAccountName?: string; setHostnameAsFQDN?: boolean;
  shareProcessNamespace?: boolean; subdomain?: string; terminationGracePeriodSeconds?: number; tolerations?: Toleration[];
  topologySpreadConstraints?: TopologySpreadConstraint[]; volumes?: Volume[];
}

export interface PodTemplateSpec { metadata: ObjectMeta; spec: PodSpec }

export interface PortworxVolumeSource { fsType?: string; readOnly?: boolean; volumeID: string }

export interface PreferredSchedulingTerm { preference: NodeSelectorTerm; weight: number }

export interface Probe {
  exec?: ExecAction; failureThreshold?: number; grpc?: GRPCAction; httpGet?: HTTPGetAction; initialDelaySeconds?: number; periodSeconds?: number;
  successThreshold?: number; tcpSocket?: TCPSocketAction; terminationGracePeriodSeconds?: number; timeoutSeconds?: number;
}

export interface ProjectedVolumeSource { defaultMode?: number; sources?: VolumeProjection[] }

export interface QuobyteVolumeSource { group?: string; readOnly?: boolean; registry: string; tenant?: string; user?: string; volume: string }

export interface RBDVolumeSource {
  fsType?: string; image: string; keyring?: string; monitors: string[]; pool?: string; readOnly?: boolean; secretRef?: LocalObjectReference;
  user?: string;
}

export interface ResourceClaim { name: string; request?: string }

export interface ResourceFieldSelector { containerName?: string; divisor?: number | string; resource: string }

export interface ResourceRequirements {
  claims?: ResourceClaim[]; limits?: Record<string, number | string>; requests?: Record<string, number | string>;
}

export interface SELinuxOptions { level?: string; role?: string; type?: string; user?: string }

export interface ScaleIOVolumeSource {
  fsType?: string; gateway: string; protectionDomain?: string; readOnly?: boolean; secretRef: LocalObjectReference; sslEnabled?: boolean;
  storageMode?: string; storagePool?: string; system: string; volumeName?: string;
}

export interface SeccompProfile { localhostProfile?: string; type: string }

export interface SecretEnvSource { name?: string; optional?: boolean }

export interface SecretKeySelector { key: string; name?: string; optional?: boolean }

export interface SecretProjection { items?: KeyToPath[]; name?: string; optional?: boolean }

export interface SecretVolumeSource { defaultMode?: number; items?: KeyToPath[]; optional?: boolean; secretName?: string }

export interface SecurityContext {
  allowPrivilegeEscalation?: boolean; appArmorProfile?: AppArmorProfile; capabilities?: Capabilities; privileged?: boolean; procMount?: string;
  readOnlyRootFilesystem?: boolean; runAsGroup?: number; runAsNonRoot?: boolean; runAsUser?: number; seLinuxOptions?: SELinuxOptions;
  seccompProfile?: SeccompProfile; windowsOptions?: WindowsSecurityContextOptions;
}

export interface ServiceAccountTokenProjection { audience?: string; expirationSeconds?: number; path: string }

export interface SleepAction { seconds: number }

export interface StorageOSVolumeSource {
  fsType?: string; readOnly?: boolean; secretRef?: LocalObjectReference; volumeName?: string; volumeNamespace?: string;
}

export interface Sysctl { name: string; value: string }

export interface TCPSocketAction { host?: string; port: number | string }

export interface Toleration { effect?: string; key?: string; operator?: string; tolerationSeconds?: number; value?: string }

export interface TopologySpreadConstraint {
  labelSelector?: LabelSelector; matchLabelKeys?: string[]; maxSkew: number; minDomains?: number; nodeAffinityPolicy?: string;
  nodeTaintsPolicy?: string; topologyKey: string; whenUnsatisfiable: string;
}

export interface TypedLocalObjectReference { apiGroup?: string; kind: string; name: string }

export interface TypedObjectReference { apiGroup?: string; kind: string; name: string; namespace?: string }

export interface Volume {
  awsElasticBlockStore?: AWSElasticBlockStoreVolumeSource; azureDisk?: AzureDiskVolumeSource; azureFile?: AzureFileVolumeSource;
  cephfs?: CephFSVolumeSource; cinder?: CinderVolumeSource; configMap?: ConfigMapVolumeSource; csi?: CSIVolumeSource;
  downwardAPI?: DownwardAPIVolumeSource; emptyDir?: EmptyDirVolumeSource; ephemeral?: EphemeralVolumeSource; fc?: FCVolumeSource;
  flexVolume?: FlexVolumeSource; flocker?: FlockerVolumeSource; gcePersistentDisk?: GCEPersistentDiskVolumeSource; gitRepo?: GitRepoVolumeSource;
  glusterfs?: GlusterfsVolumeSource; hostPath?: HostPathVolumeSource; image?: ImageVolumeSource; iscsi?: ISCSIVolumeSource; name: string;
  nfs?: NFSVolumeSource; persistentVolumeClaim?: PersistentVolumeClaimVolumeSource; photonPersistentDisk?: PhotonPersistentDiskVolumeSource;
  portworxVolume?: PortworxVolumeSource; projected?: ProjectedVolumeSource; quobyte?: QuobyteVolumeSource; rbd?: RBDVolumeSource;
  scaleIO?: ScaleIOVolumeSource; secret?: SecretVolumeSource; storageos?: StorageOSVolumeSource; vsphereVolume?: VsphereVirtualDiskVolumeSource;
}

export interface VolumeDevice { devicePath: string; name: string }

export interface VolumeMount {
  mountPath: string; mountPropagation?: string; name: string; readOnly?: boolean; recursiveReadOnly?: string; subPath?: string; subPathExpr?: string;
}

export interface VolumeProjection {
  clusterTrustBundle?: ClusterTrustBundleProjection; configMap?: ConfigMapProjection; downwardAPI?: DownwardAPIProjection;
  podCertificate?: PodCertificateProjection; secret?: SecretProjection; serviceAccountToken?: ServiceAccountTokenProjection;
}

export interface VolumeResourceRequirements { limits?: Record<string, number | string>; requests?: Record<string, number | string> }

export interface VsphereVirtualDiskVolumeSource { fsType?: string; storagePolicyID?: string; storagePolicyName?: string; volumePath: string }

export interface WeightedPodAffinityTerm { podAffinityTerm: PodAffinityTerm; weight: number }

export interface WindowsSecurityContextOptions {
  gmsaCredentialSpec?: string; gmsaCredentialSpecName?: string; hostProcess?: boolean; runAsUserName?: string;
}
