// Written by scripts/kinds.ts from the OpenAPI documents of Kubernetes 1.36.3. Not edited by hand.
import type { TopologySelectorTerm } from './core';
import type { ObjectMeta } from './meta';

export interface CSIDriver { apiVersion: string; kind: 'CSIDriver'; metadata: ObjectMeta; spec: CSIDriverSpec }

export interface CSIDriverSpec {
  attachRequired?: boolean; fsGroupPolicy?: string; nodeAllocatableUpdatePeriodSeconds?: number; podInfoOnMount?: boolean;
  preventPodSchedulingIfMissing?: boolean; requiresRepublish?: boolean; seLinuxMount?: boolean; serviceAccountTokenInSecrets?: boolean;
  storageCapacity?: boolean; tokenRequests?: TokenRequest[]; volumeLifecycleModes?: string[];
}

export interface StorageClass {
  allowVolumeExpansion?: boolean; allowedTopologies?: TopologySelectorTerm[]; apiVersion: string; kind: 'StorageClass'; metadata: ObjectMeta;
  mountOptions?: string[]; parameters?: Record<string, string>; provisioner: string; reclaimPolicy?: string; volumeBindingMode?: string;
}

export interface TokenRequest { audience: string; expirationSeconds?: number }

export interface VolumeAttributesClass {
  apiVersion: string; driverName: string; kind: 'VolumeAttributesClass'; metadata: ObjectMeta; parameters?: Record<string, string>;
}
