import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Sandbox } from '../../lib/sandbox/sandbox';
import { describeWithCluster } from '../control-plane/describe-cluster';
import { runKubectl } from '../control-plane/kubectl';

const deployment = (image: string) => `apiVersion: apps/v1
kind: Deployment
metadata: { name: web, labels: { app: web } }
spec:
  replicas: 2
  selector: { matchLabels: { app: web } }
  template:
    metadata: { labels: { app: web } }
    spec:
      containers:
      - { name: web, image: "${image}", ports: [{ containerPort: 80 }] }
`;
const config = `apiVersion: v1
kind: ConfigMap
metadata: { name: settings, labels: { app: web } }
data: { color: red, "count": "3" }
---
apiVersion: v1
kind: Secret
metadata: { name: keys }
stringData: { token: s3cr3t }
`;
const service = 'apiVersion: v1\nkind: Service\nmetadata: { name: web }\nspec: { selector: { app: web }, ports: [{ port: 80 }] }\n';
const job = 'apiVersion: batch/v1\nkind: Job\nmetadata: { name: once }\nspec: { template: { spec: { restartPolicy: Never, containers: [{ name: a, image: a }] } } }\n';
const broken = 'apiVersion: v1\nkind: ConfigMap\nmetadata: { name: broken }\ndat: {}\n';
const definition = `apiVersion: apiextensions.k8s.io/v1
kind: CustomResourceDefinition
metadata: { name: gears.kubectl.example.com }
spec:
  group: kubectl.example.com
  scope: Namespaced
  names: { plural: gears, singular: gear, kind: Gear, shortNames: [gr] }
  versions:
  - name: v1
    served: true
    storage: true
    additionalPrinterColumns: [{ name: Teeth, type: integer, jsonPath: .spec.teeth }]
    schema: { openAPIV3Schema: { type: object, properties: { spec: { type: object, description: What it is like., properties: { teeth: { type: integer, description: How many. } } } } } }
`;
const gear = 'apiVersion: kubectl.example.com/v1\nkind: Gear\nmetadata: { name: small }\nspec: { teeth: 8 }\n';

const set = (...names: readonly string[]): string => names.map(name => `apiVersion: v1\nkind: ConfigMap\nmetadata: { name: ${name} }\ndata: { a: b }\n`).join('---\n');
const list = (kind: string, more: string): string => `apiVersion: v1\nkind: List\nitems:\n- apiVersion: v1\n  kind: ${kind}\n  metadata: { name: listed }\n  ${more}\n`;
const applySets = { KUBECTL_APPLYSET: 'true' };
const editor = (script: string): Record<string, string> => ({ KUBE_EDITOR: `sed -i -e '${script}'` });

/** Each line is a command; what it gets on its standard input comes behind it, and its environment. Standard error is compared, too, and the exit code. */
const COMMANDS: readonly (readonly [command: string, stdin?: string, env?: Readonly<Record<string, string>>])[] = [
  ['version -o json'],
  ['get namespaces'],
  ['api-versions'],
  ['api-resources'],
  ['api-resources -o wide'],
  ['api-resources --namespaced=false -o name'],
  ['create namespace shop'],
  ['get configmaps -n shop'],
  ['get serviceaccount default -n shop -o name'],
  ['apply -n shop -f -', config],
  ['apply -n shop -f -', config],
  ['diff -n shop -f -', config],
  ['diff -n shop -f -', config.replace('red', 'blue')],
  ['get configmap settings -n shop'],
  ['get configmap settings -n shop -o wide'],
  ['get configmap settings -n shop -o name'],
  ['get configmap settings -n shop -o yaml'],
  ['get configmap settings -n shop -o json'],
  ['get configmap settings -n shop -o jsonpath={.data.color}'],
  ['get configmap settings -n shop -o go-template={{.data.count}}'],
  ['get configmap settings -n shop -o custom-columns=N:.metadata.name,C:.data.color'],
  ['get configmap,secret -n shop -l app=web --show-labels'],
  ['get configmap settings -n shop --show-managed-fields -o yaml'],
  ['get secret keys -n shop -o yaml'],
  // Not of the ConfigMap: kubectl prints its keys in any order.
  ['describe secret keys -n shop'],
  ['label configmap settings -n shop tier=front'],
  ['label configmap settings -n shop tier=back'],
  ['label configmap settings -n shop tier=back --overwrite'],
  ['annotate configmap settings -n shop note=hello'],
  ['patch configmap settings -n shop -p {"data":{"size":"L"}}'],
  ['patch configmap settings -n shop --type=merge -p {"data":{"size":null}}'],
  ['patch configmap settings -n shop --type=json -p [{"op":"replace","path":"/data/color","value":"green"}]'],
  ['patch configmap settings -n shop --type=json -p [{"op":"test","path":"/data/color","value":"no"}]'],
  ['get configmap settings -n shop -o yaml'],
  ['apply -n shop -f -', broken],
  ['apply -n shop --validate=false -f -', broken],
  ['apply -n shop --server-side -f -', deployment('web:1')],
  ['rollout status deployment/web -n shop --timeout=60s'],
  ['wait deployment/web -n shop --for=condition=Available --timeout=60s'],
  ['get deployment web -n shop'],
  ['get deployment web -n shop -o wide'],
  ['get replicasets -n shop'],
  ['get pods -n shop'],
  ['get pods -n shop --field-selector=status.phase=Running -o name'],
  ['get pods -n shop --field-selector=status.phase=Failed'],
  ['apply -n shop --server-side -f -', deployment('web:2')],
  ['rollout status deployment/web -n shop --timeout=60s'],
  ['rollout history deployment/web -n shop'],
  ['scale deployment/web -n shop --replicas=3'],
  ['rollout status deployment/web -n shop --timeout=60s'],
  ['apply -n shop --server-side -f -', deployment('web:2')],
  ['apply -n shop --server-side --field-manager=other -f -', deployment('web:3')],
  ['apply -n shop --server-side --field-manager=other --force-conflicts -f -', deployment('web:3')],
  ['rollout undo deployment/web -n shop'],
  ['rollout status deployment/web -n shop --timeout=60s'],
  ['set image deployment/web -n shop web=web:9'],
  ['rollout status deployment/web -n shop --timeout=60s'],
  ['rollout pause deployment/web -n shop'],
  ['rollout resume deployment/web -n shop'],
  ['apply -n shop -f -', service],
  ['get service web -n shop'],
  ['apply -n shop -f -', job],
  ['wait job/once -n shop --for=condition=Complete --timeout=60s'],
  ['get job once -n shop'],
  ['delete job once -n shop'],
  ['apply -n shop -f -', list('ConfigMap', 'data: { a: b }')],
  ['apply -n shop --server-side -f -', list('ConfigMap', 'data: { a: b }')],
  ['apply -n shop -f -', list('ConfigMap', 'dat: { a: b }')],
  ['create -n shop -f -', list('Service', 'spec: { ports: [{ port: many }] }')],
  ['create -n shop -f -', list('Nothing', 'spec: {}')],
  ['explain deployment.spec.strategy --output=plaintext-openapiv2'],
  ['create configmap extra -n shop --from-literal=a=b'],
  ['create configmap extra -n shop --from-literal=a=b'],
  ['create configmap more -n shop --from-literal=a=b --dry-run=server -o yaml'],
  ['create role reader -n shop --verb=get,list --resource=configmaps'],
  ['create rolebinding reader -n shop --role=reader --user=jo'],
  ['auth can-i get configmaps -n shop --as jo'],
  ['auth can-i delete configmaps -n shop --as jo'],
  ['auth can-i --list -n shop --as jo'],
  ['auth whoami --as jo -o yaml'],
  ['get secrets -n shop --as jo'],
  ['get configmap nope -n shop'],
  ['get nothings -n shop'],
  ['edit configmap extra -n shop', '', editor('s/a: b/a: c/')],
  ['edit configmap extra -n shop', '', editor('s/a: c/a: c/')],
  ['edit configmap extra -n shop -o json', '', editor('s/"c"/"d"/')],
  ['edit configmap extra -n shop --output-patch', '', editor('s/a: d/a: e/')],
  ['edit configmap extra -n shop', '', editor('s/a: e/a: {x: y}/')],
  ['edit configmap extra -n shop', '', editor('s/  name: extra/  name: other/')],
  ['edit configmap/extra service/web -n shop', '', editor('s/^\\( *\\)name: \\(extra\\|web\\)$/\\1name: \\2\\n\\1labels: {edited: "yes"}/')],
  ['edit deployment web -n shop --save-config', '', editor('s/replicas: 3/replicas: 2/')],
  ['edit deployment web -n shop --subresource=status', '', editor('s/observedGeneration: .*/observedGeneration: 1/')],
  ['edit configmap nope -n shop', '', editor('s/a/b/')],
  ['get configmap extra -n shop --show-managed-fields -o yaml'],
  ['get service web -n shop -o jsonpath={.metadata.labels}'],
  ['delete configmap extra -n shop'],
  ['delete configmap extra -n shop'],
  ['apply -n shop --prune --applyset=set -f -', set('one', 'two'), applySets],
  ['apply -n shop --prune --applyset=set -f -', set('one', 'two'), applySets],
  ['apply -n shop --prune --applyset=set --dry-run=server -f -', set('two', 'three'), applySets],
  ['apply -n shop --prune --applyset=set --dry-run=client -f -', set('two', 'three'), applySets],
  ['apply -n shop --prune --applyset=set -f -', set('two', 'three'), applySets],
  ['apply -n shop --prune --applyset=other -f -', set('two'), applySets],
  ['apply -n shop --prune --applyset=configmaps/parent -f -', set('four'), applySets],
  ['apply -n shop --prune --applyset=configmap/settings -f -', set('four'), applySets],
  ['apply -n shop --prune --applyset=services/web -f -', set('four'), applySets],
  ['apply -n shop --prune --applyset=sets.kubectl.example.com/none -f -', set('four'), applySets],
  ['apply -n shop --server-side --prune --applyset=sided -f -', set('five', 'six'), applySets],
  ['apply -n shop --server-side --prune --applyset=sided -f -', `${set('six')}---\n${service.replaceAll('web', 'six')}`, applySets],
  ['get secret set -n shop -o yaml'],
  ['get secret sided -n shop --show-managed-fields -o yaml'],
  ['get configmaps -n shop --show-labels'],
  ['get configmap two -n shop --show-managed-fields -o yaml'],
  ['apply -n shop --server-side --prune --applyset=sided -f -', set('seven'), applySets],
  ['get services -n shop'],
  ['apply -n shop --prune -l part=old --prune-allowlist=core/v1/ConfigMap -f -', 'apiVersion: v1\nkind: ConfigMap\nmetadata: { name: eight, labels: { part: old } }\n'],
  ['apply -n shop --prune -l part=old --prune-allowlist=core/v1/ConfigMap -f -', 'apiVersion: v1\nkind: ConfigMap\nmetadata: { name: nine, labels: { part: old } }\n'],
  ['get configmaps -n shop -o name'],
  ['delete configmap extra -n shop --ignore-not-found'],
  ['replace -n shop -f -', 'apiVersion: v1\nkind: ConfigMap\nmetadata: { name: settings }\ndata: { only: this }\n'],
  ['replace -n shop -f -', 'apiVersion: v1\nkind: ConfigMap\nmetadata: { name: nope }\n'],
  ['apply -f -', definition],
  ['wait crd/gears.kubectl.example.com --for=condition=Established --timeout=30s'],
  ['apply -n shop -f -', gear],
  ['get gears -n shop'],
  ['get gr small -n shop -o yaml'],
  ['explain gear.spec'],
  ['explain deployment.spec.replicas'],
  ['explain configmap'],
  ['explain pod.spec.containers --recursive'],
  ['apply -n shop -f -', `apiVersion: v1\nkind: List\nitems:\n- ${gear.replace('small', 'listed').replace('teeth: 8', 'tooth: 8').trimEnd().replaceAll('\n', '\n  ')}\n`],
  ['edit gear small -n shop', '', editor('s/teeth: 8/teeth: 9/')],
  ['edit gear small -n shop', '', editor('s/teeth: 9/teeth: many/')],
  ['get gear small -n shop -o yaml'],
  ['apply -n shop --prune --applyset=gears.kubectl.example.com/small -f -', set('ten'), applySets],
  ['label crd gears.kubectl.example.com applyset.kubernetes.io/is-parent-type=true'],
  ['create -n shop -f -', gear.replace('small', 'parent')],
  ['apply -n shop --prune --applyset=gears.kubectl.example.com/parent -f -', set('ten'), applySets],
  ['get gear parent -n shop -o yaml'],
  ['delete gear small -n shop'],
  ['delete crd gears.kubectl.example.com'],
  ['label namespace shop pod-security.kubernetes.io/warn=restricted'],
  ['create deployment lax -n shop --image=lax'],
  ['delete deployment lax -n shop'],
  ['label namespace shop pod-security.kubernetes.io/warn-'],
  ['delete deployment web -n shop --wait'],
  ['get all -n shop'],
  ['delete namespace shop --wait'],
  ['get namespace shop'],
  ['get --raw /healthz'],
];

async function runAll(kubeconfig: string): Promise<string[]> {
  const outputs: string[] = [];
  for (const [command, stdin, env] of COMMANDS) {
    const { code, stdout, stderr } = await runKubectl(command.split(' '), { kubeconfig, stdin, env });
    outputs.push(normalized(`${stdout}${stderr}${code === 0 ? '' : `exit code ${code}\n`}`));
  }
  return outputs;
}

/** Without what differs from cluster to cluster and from second to second. */
function normalized(text: string): string {
  return text
    .replace(/\b[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}\b/g, 'UID')
    .replace(/\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d+)?Z/g, 'TIME').replace(/\d{4}-\d\d-\d\d \d\d:\d\d:\d\d(\.\d+)? [+-]\d{4}( UTC)?/g, 'TIME')
    .replace(/resourceVersion("?): "\d+"/g, 'resourceVersion$1: "N"')
    .replace(/127\.0\.0\.1:\d+/g, 'HOST').replace(/\b10\.\d+\.\d+\.\d+\b/g, 'IP')
    .replace(/\bweb-[0-9a-z]{8,10}-[0-9a-z]{5}\b/g, 'web-HASH-POD').replace(/\bweb-[0-9a-z]{8,10}\b/g, 'web-HASH')
    .replace(/\b\d+[smh](\d+[sm])?\b/g, 'AGE').replace(/\/tmp\/\S+/g, 'FILE').replace(/\b(LIVE|MERGED)-\d+/g, '$1-N')
    // What a column's width comes from may be one of those.
    .replace(/ +$/gm, '').replace(/ {2,}/g, '  ')
    // A rollout tells more or less on its way.
    .split('\n').filter(line => !/^Waiting for deployment/.test(line)).join('\n')
    // An ApplySet is listed by several at once, one a kind.
    .replace(/(?:^\S+ pruned\n)+/gm, lines => lines.split('\n').sort().join('\n'));
}

describeWithCluster('what kubectl prints', { controllers: true }, context => {
  let real: string[];
  let sandboxed: string[];
  let sandbox: Sandbox;
  const folder = mkdtempSync(join(tmpdir(), 'flotilla-kubectl-'));

  beforeAll(async () => {
    sandbox = await Sandbox.start({ name: 'test' });
    const kubeconfig = join(folder, 'kubeconfig');
    writeFileSync(kubeconfig, sandbox.kubeconfig);
    [real, sandboxed] = await Promise.all([runAll(context.plane.kubeconfig), runAll(kubeconfig)]);
  }, 300_000);

  afterAll(async () => {
    await sandbox.close();
    rmSync(folder, { recursive: true, force: true });
  });

  test.each(COMMANDS.map(([command], i) => [i + 1, command] as const))('%d. kubectl %s', i => {
    expect(sandboxed[i - 1]).toBe(real[i - 1]);
  });
});
