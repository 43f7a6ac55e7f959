// Written by scripts/kinds.ts from the OpenAPI documents of Kubernetes 1.36.3. Not edited by hand.
import type { LabelSelector, ObjectMeta } from './meta';

export interface AggregationRule { clusterRoleSelectors?: LabelSelector[] }

export interface ClusterRole {
  aggregationRule?: AggregationRule; apiVersion: string; kind: 'ClusterRole'; metadata: ObjectMeta; rules?: PolicyRule[];
}

export interface ClusterRoleBinding { apiVersion: string; kind: 'ClusterRoleBinding'; metadata: ObjectMeta; roleRef: RoleRef; subjects?: Subject[] }

export interface PolicyRule { apiGroups?: string[]; nonResourceURLs?: string[]; resourceNames?: string[]; resources?: string[]; verbs: string[] }

export interface Role { apiVersion: string; kind: 'Role'; metadata: ObjectMeta; rules?: PolicyRule[] }

export interface RoleBinding { apiVersion: string; kind: 'RoleBinding'; metadata: ObjectMeta; roleRef: RoleRef; subjects?: Subject[] }

export interface RoleRef { apiGroup?: string; kind: string; name: string }

export interface Subject { apiGroup?: string; kind: string; name: string; namespace?: string }
