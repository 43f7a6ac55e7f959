import { expectAnswer, ForeignWrite, Scene } from './foreign-write';
import { CONTAINER, our } from './manifests';
import type { Manifest } from '../../../lib/tree/manifest';
import type { KubeObject } from '../../control-plane/client';
import { describeWithCluster } from '../../control-plane/describe-cluster';

/** A write that changes or takes away a value of ours takes it from our fields: the metadata alone tell. */
type Way = Omit<ForeignWrite, 'moves' | 'answer'>;

const template = (container: object): object => ({ spec: { template: { spec: { containers: [{ name: 'main', ...container }] } } } });
const theirs = template({ image: 'registry.example/web:9' });
/** As somebody has it who rendered the same Deployment with another image. */
const rendered = (namespace: string): Manifest => JSON.parse(JSON.stringify(our.deployment(namespace)).replace('web:1', 'web:9')) as Manifest;

const spec: readonly Way[] = [
  { title: 'a PUT of another image', ours: our.deployment, write: scene => scene.put(live => { live.spec.template.spec.containers[0].image = 'theirs'; }) },
  { title: 'a PUT without an entry of a keyed list', ours: our.deployment, write: scene => scene.put(live => { live.spec.template.spec.containers[0].env.pop(); }) },
  { title: 'a JSON patch', ours: our.deployment, write: scene => scene.patch([{ op: 'replace', path: `${CONTAINER}/image`, value: 'theirs' }]) },
  { title: 'a JSON patch that takes a value away', ours: our.deployment, write: scene => scene.patch([{ op: 'remove', path: `${CONTAINER}/env/0` }]) },
  { title: 'a merge patch', ours: our.deployment, write: scene => scene.patch({ spec: { replicas: 7 } }) },
  { title: 'a strategic patch', ours: our.deployment, write: scene => scene.strategic(theirs) },
  { title: 'a strategic patch that takes an entry away', ours: our.deployment, write: scene => scene.strategic(template({ env: [{ $patch: 'delete', name: 'A' }] })) },
  { title: 'kubectl annotate', ours: our.deployment, write: scene => scene.kubectl(['annotate', 'deployment/web', '--overwrite', 'note=theirs']) },
  { title: 'kubectl set image', ours: our.deployment, write: scene => scene.kubectl(['set', 'image', 'deployment/web', 'main=theirs']) },
  { title: 'kubectl set env', ours: our.deployment, write: scene => scene.kubectl(['set', 'env', 'deployment/web', 'A=theirs']) },
  { title: 'kubectl set env that takes one away', ours: our.deployment, write: scene => scene.kubectl(['set', 'env', 'deployment/web', 'A-']) },
  { title: 'kubectl set resources', ours: our.deployment, write: scene => scene.kubectl(['set', 'resources', 'deployment/web', '--limits=cpu=2']) },
  { title: 'kubectl scale', ours: our.deployment, write: scene => scene.kubectl(['scale', 'deployment/web', '--replicas=4']) },
  { title: 'kubectl patch', ours: our.deployment, write: scene => scene.kubectl(['patch', 'deployment/web', '-p', JSON.stringify(theirs)]) },
  { title: 'kubectl apply', ours: our.deployment, write: scene => scene.kubectl(['apply', '-f', '-'], rendered(scene.namespace)) },
  { title: 'kubectl apply --server-side --force-conflicts', ours: our.deployment, write: scene => scene.kubectl(['apply', '--server-side', '--force-conflicts', '-f', '-'], rendered(scene.namespace)) },
  { title: 'kubectl rollout undo', ours: our.deployment, write: undo },
  { title: 'a forced apply of another manager', ours: our.deployment, write: scene => scene.forced({ spec: { replicas: 3 } }) },
  { title: 'a merge patch of the scale subresource', ours: our.deployment, write: scene => scene.patch({ spec: { replicas: 3 } }, '/scale') },
  { title: 'a PUT of the scale subresource', ours: our.deployment, write: async scene => scene.kube.put(`${scene.path}/scale`, { ...await scene.kube.get(`${scene.path}/scale`), spec: { replicas: 0 } }) },
  { title: 'a patch under the name of our manager', ours: our.deployment, write: scene => scene.patch({ spec: { replicas: 3 } }, '?fieldManager=cdk8s-flotilla') },
  { title: 'another rule of a NetworkPolicy', ours: our.networkPolicy, write: scene => scene.patch({ spec: { policyTypes: ['Egress'] } }) },
  { title: 'another selector of a NetworkPolicy', ours: our.networkPolicy, write: scene => scene.patch({ spec: { podSelector: { matchLabels: { app: 'api' } } } }) },
  { title: 'another host of an Ingress', ours: our.ingress, write: scene => scene.patch([{ op: 'replace', path: '/spec/rules/0/host', value: 'theirs.example' }]) },
  { title: 'another minimum of a PodDisruptionBudget', ours: our.budget, write: scene => scene.patch({ spec: { minAvailable: 0 } }) },
  { title: 'another schedule of a CronJob', ours: our.cronJob, write: scene => scene.patch({ spec: { schedule: '* * * * *' } }) },
  { title: 'another image of a Pod', ours: our.pod, write: scene => scene.patch([{ op: 'replace', path: '/spec/containers/0/image', value: 'theirs' }]) },
];

const content: readonly Way[] = [
  { title: 'kubectl replace', ours: our.configMap, write: async scene => scene.kubectl(['replace', '-f', '-'], { ...await scene.live(), data: { key: 'theirs', other: 'ours too' } }) },
  { title: 'another value in a ConfigMap', ours: our.configMap, write: scene => scene.patch({ data: { key: 'theirs' } }) },
  { title: 'a key less in a ConfigMap', ours: our.configMap, write: scene => scene.patch({ data: { key: null } }) },
  { title: 'no data in a ConfigMap', ours: our.configMap, write: scene => scene.patch({ data: null }) },
  { title: 'a write under the name of our manager', ours: our.configMap, write: scene => scene.patch({ data: { key: 'theirs' } }, '?fieldManager=cdk8s-flotilla') },
  { title: 'another value in a Secret whose manifest has stringData', ours: our.secret, write: scene => scene.patch({ data: { key: 'dGhlaXJz' } }), matches: { data: { key: 'b3Vycw==' } } },
  { title: 'stringData in a Secret whose manifest has stringData', ours: our.secret, write: scene => scene.patch({ stringData: { key: 'theirs' } }), matches: { data: { key: 'b3Vycw==' } } },
  { title: 'a port less in a Service', ours: our.service, write: scene => scene.patch([{ op: 'remove', path: '/spec/ports/1' }]) },
  { title: 'kubectl set selector', ours: our.service, write: scene => scene.kubectl(['set', 'selector', 'service/web', 'app=api']) },
  { title: 'another rule in a Role', ours: our.role, write: scene => scene.patch([{ op: 'add', path: '/rules/0/verbs/-', value: 'delete' }]) },
  { title: 'kubectl set subject', ours: our.roleBinding, write: scene => scene.kubectl(['set', 'subject', 'rolebinding/reader', '--user=eve']) },
  { title: 'another limit of a HorizontalPodAutoscaler', ours: our.autoscaler, write: scene => scene.patch({ spec: { maxReplicas: 9 } }) },
  { title: 'another limit in a ResourceQuota', ours: our.quota, write: scene => scene.patch({ spec: { hard: { pods: '9' } } }) },
  { title: 'another annotation of a ServiceAccount', ours: our.serviceAccount, write: scene => scene.patch({ metadata: { annotations: { note: 'theirs' } } }) },
  { title: 'another label of a claim', ours: our.claim, write: scene => scene.patch({ metadata: { labels: { tier: 'theirs' } } }) },
  { title: 'kubectl taint', ours: our.node, write: scene => scene.kubectl(['taint', 'nodes', `node-${scene.namespace}`, '--overwrite', 'dedicated=theirs:NoSchedule']) },
  { title: 'kubectl label', ours: our.deployment, write: scene => scene.kubectl(['label', 'deployment/web', '--overwrite', 'tier=theirs']) },
  { title: 'kubectl label that takes one away', ours: our.deployment, write: scene => scene.kubectl(['label', 'deployment/web', 'tier-']) },
  { title: 'a status write that changes a label of ours', ours: our.service, write: scene => scene.patch({ metadata: { labels: { tier: 'theirs' } } }, '/status') },
];

describeWithCluster('a value of ours that somebody changed or took away is healed', { auditLog: true }, context => {
  test.each(spec.map(way => [way.title, way] as const))('in the spec, which counts generations: %s', async (_, way) => {
    await expectAnswer(context, { ...way, moves: ['fields', 'version', 'generation'], answer: 'heals' });
  });

  test.each(content.map(way => [way.title, way] as const))('where no generation is counted: %s', async (_, way) => {
    await expectAnswer(context, { ...way, moves: ['fields', 'version'], answer: 'heals' });
  });
});

/** What a controller would have left of an earlier revision, and of the present one. */
async function undo(scene: Scene): Promise<void> {
  const { metadata: { uid }, spec: { template: now } } = await scene.live();
  for (const revision of [1, 2]) {
    const labels = { 'app': 'web', 'pod-template-hash': String(revision) };
    const [container] = now.spec.containers as KubeObject[];
    const image = revision === 1 ? 'theirs' : container.image;
    await scene.kube.create({
      apiVersion: 'apps/v1', kind: 'ReplicaSet',
      metadata: {
        name: `web-${revision}`, namespace: scene.namespace, labels, annotations: { 'deployment.kubernetes.io/revision': String(revision) },
        ownerReferences: [{ apiVersion: 'apps/v1', kind: 'Deployment', name: 'web', uid, controller: true }],
      },
      spec: {
        replicas: 0, selector: { matchLabels: labels }, template: { metadata: { labels }, spec: { ...now.spec, containers: [{ ...container, image }] } },
      },
    });
  }
  await scene.kubectl(['rollout', 'undo', 'deployment/web']);
}
