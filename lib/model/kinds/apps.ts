// Written by scripts/kinds.ts from the OpenAPI documents of Kubernetes 1.36.3. Not edited by hand.
import type { PersistentVolumeClaim } from './core';
import type { LabelSelector, ObjectMeta } from './meta';
import type { PodTemplateSpec } from './pod';

export interface DaemonSet { apiVersion: string; kind: 'DaemonSet'; metadata: ObjectMeta; spec: DaemonSetSpec }

export interface DaemonSetSpec {
  minReadySeconds?: number; revisionHistoryLimit?: number; selector: LabelSelector; template: PodTemplateSpec;
  updateStrategy?: DaemonSetUpdateStrategy;
}

export interface DaemonSetUpdateStrategy { rollingUpdate?: RollingUpdateDaemonSet; type?: string }

export interface Deployment { apiVersion: string; kind: 'Deployment'; metadata: ObjectMeta; spec: DeploymentSpec }

export interface DeploymentSpec {
  minReadySeconds?: number; paused?: boolean; progressDeadlineSeconds?: number; replicas?: number; revisionHistoryLimit?: number;
  selector: LabelSelector; strategy?: DeploymentStrategy; template: PodTemplateSpec;
}

export interface DeploymentStrategy { rollingUpdate?: RollingUpdateDeployment; type?: string }

export interface ReplicaSet { apiVersion: string; kind: 'ReplicaSet'; metadata: ObjectMeta; spec: ReplicaSetSpec }

export interface ReplicaSetSpec { minReadySeconds?: number; replicas?: number; selector: LabelSelector; template: PodTemplateSpec }

export interface RollingUpdateDaemonSet { maxSurge?: number | string; maxUnavailable?: number | string }

export interface RollingUpdateDeployment { maxSurge?: number | string; maxUnavailable?: number | string }

export interface RollingUpdateStatefulSetStrategy { maxUnavailable?: number | string; partition?: number }

export interface StatefulSet { apiVersion: string; kind: 'StatefulSet'; metadata: ObjectMeta; spec: StatefulSetSpec }

export interface StatefulSetOrdinals { start?: number }

export interface StatefulSetPersistentVolumeClaimRetentionPolicy { whenDeleted?: string; whenScaled?: string }

export interface StatefulSetSpec {
  minReadySeconds?: number; ordinals?: StatefulSetOrdinals; persistentVolumeClaimRetentionPolicy?: StatefulSetPersistentVolumeClaimRetentionPolicy;
  podManagementPolicy?: string; replicas?: number; revisionHistoryLimit?: number; selector: LabelSelector; serviceName?: string;
  template: PodTemplateSpec; updateStrategy?: StatefulSetUpdateStrategy; volumeClaimTemplates?: PersistentVolumeClaim[];
}

export interface StatefulSetUpdateStrategy { rollingUpdate?: RollingUpdateStatefulSetStrategy; type?: string }
