import {
  applySetId, ID_LABEL, KINDS_ANNOTATION, PART_OF_LABEL, TOOLING, TOOLING_ANNOTATION,
} from '../../../lib/reconcile/applyset';
import { deliveryCrd } from '../../../lib/reconcile/crd';
import { GROUP, API_VERSION } from '../../../lib/tree/names';
import type { KubeObject } from '../../control-plane/client';
import { describeWithCluster } from '../../control-plane/describe-cluster';
import { kubectl } from '../../control-plane/kubectl';
import { waitUntil } from '../../control-plane/wait-until';
import { configMap, RealConnection } from '../real-connection';

const NAMESPACE = 'sets';

/** kubectl's own `--applyset` against a Delivery as we write it. */
describeWithCluster('an ApplySet, as kubectl sees it', {}, context => {
  const real = new RealConnection(context);
  const parent = (name: string) => `/apis/${API_VERSION}/namespaces/${NAMESPACE}/deliveries/${name}`;

  beforeAll(async () => {
    await real.namespace(NAMESPACE);
    await context.kube.apply(deliveryCrd() as KubeObject);
    await waitUntil('Deliveries are served', async () => (await context.kube.request('GET', `/apis/${API_VERSION}/deliveries`)).status === 200);
  });

  /** A Delivery with a member that is in no manifest: what kubectl would prune. */
  async function install(name: string, annotations: Record<string, string>): Promise<KubeObject> {
    const set = applySetId(name, NAMESPACE);
    await context.kube.apply(configMap(`${name}-old`, {}, { namespace: NAMESPACE, labels: { [PART_OF_LABEL]: set } }) as KubeObject);
    return context.kube.apply({ apiVersion: API_VERSION, kind: 'Delivery', metadata: { name, namespace: NAMESPACE, labels: { [ID_LABEL]: set }, annotations } });
  }

  /** What kubectl says when it applies one new member and prunes the rest. */
  async function prune(name: string): Promise<string> {
    const member = configMap(`${name}-new`, {}, { namespace: NAMESPACE });
    const args = ['apply', '-n', NAMESPACE, '--prune', `--applyset=deliveries.${GROUP}/${name}`, '-f', '-'];
    return kubectl(args, { kubeconfig: context.plane.kubeconfig, stdin: JSON.stringify(member), env: { KUBECTL_APPLYSET: 'true' } }).catch((error: Error) => error.message);
  }

  const names = async () => (await context.kube.list(`/api/v1/namespaces/${NAMESPACE}/configmaps`)).map(({ metadata }) => metadata.name);

  test('its id is base64url without padding of the sha256 of NAME.NAMESPACE.KIND.GROUP', () => {
    expect(applySetId('web', 'q3')).toBe('applyset-ABWRgz6Tce-gV5ds8ilgGi13r5xjZDkw1dcOH9tUtsU-v1');
  });

  test('kubectl takes our id for that of the set: with its own tooling it prunes a member and keeps the other', async () => {
    await install('theirs', { [TOOLING_ANNOTATION]: 'kubectl/v1', [KINDS_ANNOTATION]: 'ConfigMap' });
    expect(await prune('theirs')).toContain('configmap/theirs-old pruned');
    expect(await names()).toEqual(expect.arrayContaining(['theirs-new']));
    expect(await names()).not.toContain('theirs-old');
    const live = await context.kube.get(`/api/v1/namespaces/${NAMESPACE}/configmaps/theirs-new`);
    expect(live.metadata.labels?.[PART_OF_LABEL]).toBe(applySetId('theirs', NAMESPACE));
  });

  test('kubectl prunes nothing of a set whose tooling is ours', async () => {
    await install('ours', { [TOOLING_ANNOTATION]: TOOLING, [KINDS_ANNOTATION]: 'ConfigMap' });
    expect(await prune('ours')).toContain('already exists and is managed by tooling "cdk8s-flotilla.dev" instead of "kubectl"');
    expect(await names()).toContain('ours-old');
    expect(await names()).not.toContain('ours-new');
  });

  test('kubectl refuses a parent with another id', async () => {
    await install('wrong', { [TOOLING_ANNOTATION]: 'kubectl/v1', [KINDS_ANNOTATION]: 'ConfigMap' });
    await context.kube.patch(parent('wrong'), { metadata: { labels: { [ID_LABEL]: applySetId('other', NAMESPACE) } } });
    expect(await prune('wrong')).toContain(`got: ${applySetId('other', NAMESPACE)}, want: ${applySetId('wrong', NAMESPACE)}`);
    expect(await names()).toContain('wrong-old');
  });

  test('the kinds have to be there, may be none, and have to be known', async () => {
    await install('kinds', { [TOOLING_ANNOTATION]: 'kubectl/v1' });
    expect(await prune('kinds')).toContain('kubectl requires the "applyset.kubernetes.io/contains-group-kinds" annotation to be set on all ApplySet parent objects');
    await install('unknown', { [TOOLING_ANNOTATION]: 'kubectl/v1', [KINDS_ANNOTATION]: 'ConfigMap,Gadget.no.example' });
    expect(await prune('unknown')).toContain('no matches for kind "Gadget" in group "no.example"');
    await install('none', { [TOOLING_ANNOTATION]: 'kubectl/v1', [KINDS_ANNOTATION]: '' });
    expect(await prune('none')).toContain('configmap/none-new');
  });

  test('a definition without the label of a parent type is no parent', async () => {
    await install('unlabelled', { [TOOLING_ANNOTATION]: 'kubectl/v1', [KINDS_ANNOTATION]: 'ConfigMap' });
    await context.kube.patch(`/apis/apiextensions.k8s.io/v1/customresourcedefinitions/deliveries.${GROUP}`, { metadata: { labels: { 'applyset.kubernetes.io/is-parent-type': null } } });
    expect(await prune('unlabelled')).toContain('Resource=deliveries" is not permitted as an ApplySet parent');
  });

  test('kubectl lists the members of any set by the label', async () => {
    const printed = await kubectl(['get', 'configmaps', '-n', NAMESPACE, '-l', `${PART_OF_LABEL}=${applySetId('ours', NAMESPACE)}`, '-o', 'name'], { kubeconfig: context.plane.kubeconfig });
    expect(printed).toBe('configmap/ours-old\n');
  });
});
