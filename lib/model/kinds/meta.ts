// Written by scripts/kinds.ts from the OpenAPI documents of Kubernetes 1.36.3. Not edited by hand.

export interface LabelSelector { matchExpressions?: LabelSelectorRequirement[]; matchLabels?: Record<string, string> }

export interface LabelSelectorRequirement { key: string; operator: string; values?: string[] }

export interface ManagedFieldsEntry {
  apiVersion?: string; fieldsType?: string; fieldsV1?: Record<string, unknown>; manager?: string; operation?: string; subresource?: string;
  time?: string;
}

export interface ObjectMeta {
  annotations?: Record<string, string>; creationTimestamp?: string; deletionGracePeriodSeconds?: number; deletionTimestamp?: string;
  finalizers?: string[]; generateName?: string; generation?: number; labels?: Record<string, string>; managedFields?: ManagedFieldsEntry[];
  name?: string; namespace?: string; ownerReferences?: OwnerReference[]; resourceVersion?: string; selfLink?: string; uid?: string;
}

export interface OwnerReference { apiVersion: string; blockOwnerDeletion?: boolean; controller?: boolean; kind: string; name: string; uid: string }
