// Written by scripts/kinds.ts from the OpenAPI documents of Kubernetes 1.36.3. Not edited by hand.
import type { ObjectMeta } from './meta';

export interface CertificateSigningRequest {
  apiVersion: string; kind: 'CertificateSigningRequest'; metadata: ObjectMeta; spec: CertificateSigningRequestSpec;
}

export interface CertificateSigningRequestSpec {
  expirationSeconds?: number; extra?: Record<string, string[]>; groups?: string[]; request: string; signerName: string; uid?: string;
  usages?: string[]; username?: string;
}
