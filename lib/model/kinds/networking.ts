// Written by scripts/kinds.ts from the OpenAPI documents of Kubernetes 1.36.3. Not edited by hand.
import type { LabelSelector, ObjectMeta } from './meta';
import type { TypedLocalObjectReference } from './pod';

export interface HTTPIngressPath { backend: IngressBackend; path?: string; pathType: string }

export interface HTTPIngressRuleValue { paths: HTTPIngressPath[] }

export interface IPBlock { cidr: string; except?: string[] }

export interface Ingress { apiVersion: string; kind: 'Ingress'; metadata: ObjectMeta; spec: IngressSpec }

export interface IngressBackend { resource?: TypedLocalObjectReference; service?: IngressServiceBackend }

export interface IngressClass { apiVersion: string; kind: 'IngressClass'; metadata: ObjectMeta; spec: IngressClassSpec }

export interface IngressClassParametersReference { apiGroup?: string; kind: string; name: string; namespace?: string; scope?: string }

export interface IngressClassSpec { controller?: string; parameters?: IngressClassParametersReference }

export interface IngressRule { host?: string; http?: HTTPIngressRuleValue }

export interface IngressServiceBackend { name: string; port?: ServiceBackendPort }

export interface IngressSpec { defaultBackend?: IngressBackend; ingressClassName?: string; rules?: IngressRule[]; tls?: IngressTLS[] }

export interface IngressTLS { hosts?: string[]; secretName?: string }

export interface NetworkPolicy { apiVersion: string; kind: 'NetworkPolicy'; metadata: ObjectMeta; spec: NetworkPolicySpec }

export interface NetworkPolicyEgressRule { ports?: NetworkPolicyPort[]; to?: NetworkPolicyPeer[] }

export interface NetworkPolicyIngressRule { from?: NetworkPolicyPeer[]; ports?: NetworkPolicyPort[] }

export interface NetworkPolicyPeer { ipBlock?: IPBlock; namespaceSelector?: LabelSelector; podSelector?: LabelSelector }

export interface NetworkPolicyPort { endPort?: number; port?: number | string; protocol?: string }

export interface NetworkPolicySpec {
  egress?: NetworkPolicyEgressRule[]; ingress?: NetworkPolicyIngressRule[]; podSelector?: LabelSelector; policyTypes?: string[];
}

export interface ServiceBackendPort { name?: string; number?: number }

export interface ServiceCIDR { apiVersion: string; kind: 'ServiceCIDR'; metadata: ObjectMeta; spec: ServiceCIDRSpec }

export interface ServiceCIDRSpec { cidrs?: string[] }
