import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Credentials } from './credentials';

/** Every request, with its user and answer but without bodies; only when it is through. */
const auditPolicy = 'apiVersion: audit.k8s.io/v1\nkind: Policy\nomitStages: [RequestReceived]\nrules: [{ level: Metadata }]\n';

export interface ApiServerSettings {
  readonly folder: string;
  readonly certFolder: string;
  readonly etcdUrl: string;
  /** Of all its keys in etcd: what keeps apart the API servers that share one. */
  readonly etcdPrefix: string;
  readonly credentials: Credentials;
  /** Whether a controller manager runs that gives each namespace its default ServiceAccount; else no pod could be created. */
  readonly serviceAccounts: boolean;
  readonly auditLog?: string;
  /** Whether alpha and beta versions are served too, with every feature gate open. */
  readonly everyVersion: boolean;
}

export function apiServerArgs(settings: ApiServerSettings, port: number): string[] {
  const { credentials } = settings;
  return [
    `--etcd-servers=${settings.etcdUrl}`,
    `--etcd-prefix=${settings.etcdPrefix}`,
    '--bind-address=127.0.0.1',
    `--secure-port=${port}`,
    `--cert-dir=${settings.certFolder}`,
    // Without it the server looks for the machine's default route, and refuses to start where there is none.
    '--advertise-address=127.0.0.1',
    '--endpoint-reconciler-type=none',
    '--service-cluster-ip-range=10.0.0.0/16',
    '--service-account-issuer=https://kubernetes.default.svc.cluster.local',
    `--service-account-key-file=${credentials.serviceAccountPublicKey}`,
    `--service-account-signing-key-file=${credentials.serviceAccountKey}`,
    `--token-auth-file=${credentials.tokenFile}`,
    '--authorization-mode=RBAC',
    '--allow-privileged=true',
    // A new node would get a taint that only the node lifecycle controller takes away.
    `--disable-admission-plugins=TaintNodesByCondition${settings.serviceAccounts ? '' : ',ServiceAccount'}`,
    '--profiling=false',
    ...settings.everyVersion ? ['--runtime-config=api/all=true', '--feature-gates=AllAlpha=true,AllBeta=true'] : [],
    // Without a size, it would begin a new file after 100 MB.
    ...settings.auditLog ? [
      `--audit-log-path=${settings.auditLog}`, '--audit-log-maxsize=100000', `--audit-policy-file=${auditPolicyFile(settings.folder)}`,
    ] : [],
  ];
}

function auditPolicyFile(folder: string): string {
  const path = join(folder, 'audit-policy.yaml');
  writeFileSync(path, auditPolicy);
  return path;
}
