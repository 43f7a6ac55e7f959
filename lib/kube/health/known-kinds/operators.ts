import { KnownKind } from './known-kind';
import { conditionsOf, messageOf, tryFindCondition } from '../conditions';
import { listAt, textAt } from '../fields';
import { degraded, Health, healthy, KubeObject, progressing } from '../health';

/** Platforms and clouds. */
export const operatorKinds: readonly KnownKind[] = [
  { group: 'apps.openshift.io', kinds: ['DeploymentConfig'], assess: assessDeploymentConfig },
  { group: 'operator.openshift.io', kinds: ['IngressController'], assess: assessIngressController },
  { group: 'operator.knative.dev', reports: 'conditions', assess: assessKnativeOperator },
  { group: 'networking.gke.io', kinds: ['ManagedCertificate'], reports: 'status', assess: assessManagedCertificate },
  { group: 'opentelemetry.io', kinds: ['OpenTelemetryCollector'], assess: assessCollector },
  { group: 'source.toolkit.fluxcd.io', kinds: ['HelmRepository'], assess: assessHelmRepository },
];

function assessDeploymentConfig(object: KubeObject): Health | undefined {
  const rollout = tryFindCondition(object, 'Progressing');
  if (rollout?.status === 'True' && rollout.reason === 'NewReplicationControllerAvailable') {
    return healthy(messageOf(rollout));
  }
  const available = tryFindCondition(object, 'Available');
  return available?.status === 'False' ? degraded(messageOf(available)) : rollout && progressing(messageOf(rollout));
}

function assessIngressController(object: KubeObject): Health | undefined {
  const available = tryFindCondition(object, 'Available');
  const replicas = tryFindCondition(object, 'DeploymentReplicasAllAvailable');
  if (tryFindCondition(object, 'Degraded')?.status === 'True') {
    return undefined;
  }
  if (available === undefined) {
    return progressing('waiting for the operator');
  }
  return replicas?.status === 'False' ? progressing(messageOf(replicas)) : undefined;
}

function assessKnativeOperator(object: KubeObject): Health {
  const open = conditionsOf(object).filter(({ status }) => status !== 'True');
  const wrong = open.find(({ status }) => status !== 'False' && status !== 'Unknown');
  return wrong ? degraded(messageOf(wrong)) : open.length > 0 ? progressing(messageOf(open[0])) : healthy();
}

function assessManagedCertificate(object: KubeObject): Health {
  const failed = listAt(object, 'status', 'domainStatus').find(domain => textAt(domain, 'status')?.startsWith('Failed'));
  if (failed) {
    return degraded(`${textAt(failed, 'domain')}: ${textAt(failed, 'status')}`);
  }
  const status = textAt(object, 'status', 'certificateStatus') ?? '';
  return status === 'Active' ? healthy() : /Failed/.test(status) ? degraded(status) : progressing(status || 'waiting for the certificate');
}

/** `status.scale.statusReplicas` is `READY/WANTED`; a sidecar has none of its own. */
function assessCollector(object: KubeObject): Health {
  if (textAt(object, 'spec', 'mode') === 'sidecar') {
    return healthy();
  }
  const replicas = textAt(object, 'status', 'scale', 'statusReplicas');
  const [ready, wanted] = (replicas ?? '').split('/').map(Number);
  if (ready >= wanted) {
    return healthy();
  }
  return ready === 0 ? degraded('no replica is ready') : progressing(`${replicas ?? 'no'} replicas are ready`);
}

/** Flux does not reconcile repositories of OCI artifacts, it only reads them. */
function assessHelmRepository(object: KubeObject): Health | undefined {
  return textAt(object, 'spec', 'type') === 'oci' ? healthy() : undefined;
}
