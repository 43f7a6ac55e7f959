import { KnownKind } from './known-kind';

/** Kinds that follow the conventions, and whose controllers always report: as long as they have not, the object is `Progressing`. */
export const reportingKinds: readonly KnownKind[] = [
  { group: 'cert-manager.io', reports: 'conditions' },
  { group: 'acme.cert-manager.io', reports: 'status' },
  { group: 'external-secrets.io', reports: 'status' },
  { group: 'kubernetes-client.io', reports: 'status' },
  { group: 'bitnami.com', kinds: ['SealedSecret'], reports: 'status' },
  { group: 'onepassword.com', reports: 'status' },
  { group: 'snapshot.storage.k8s.io', kinds: ['VolumeSnapshot', 'VolumeSnapshotContent'], reports: 'status' },
  { group: 'helm.toolkit.fluxcd.io', reports: 'conditions' },
  { group: 'kustomize.toolkit.fluxcd.io', reports: 'conditions' },
  { group: 'source.toolkit.fluxcd.io', reports: 'conditions' },
  { group: 'image.toolkit.fluxcd.io', reports: 'conditions' },
  { group: 'notification.toolkit.fluxcd.io', kinds: ['Receiver'], reports: 'conditions' },
  // The others describe how to reach a provider, or how to compose.
  { group: 'pkg.crossplane.io', except: /Config$/, reports: 'conditions' },
  { group: '.crossplane.io', except: /^(?:ProviderConfig|StoreConfig|Composition|CompositionRevision|EnvironmentConfig|.*Usage)/, reports: 'conditions' },
  { group: '.upbound.io', except: /^(?:ProviderConfig|StoreConfig|.*Usage)/, reports: 'conditions' },
  { group: '.services.k8s.aws', reports: 'conditions' },
  { group: '.cluster.x-k8s.io', except: /Template$|^ClusterClass$/, reports: 'status' },
  { group: '.cnrm.cloud.google.com', except: /^ConfigConnector/, reports: 'conditions' },
  { group: 'services.cloud.sap.com', reports: 'conditions' },
  { group: 'iammanager.keikoproj.io', reports: 'status' },
  { group: 'grafana-org-operator.kubitus-project.gitlab.io', reports: 'conditions' },
  { group: 'serving.knative.dev', reports: 'conditions' },
  { group: 'pulumi.com', kinds: ['Stack'], reports: 'conditions' },
  { group: 'tekton.dev', kinds: ['PipelineRun', 'TaskRun'], reports: 'conditions' },
];
