import { Agent } from 'node:https';
import { checkValue } from '../../lib/schema/check-value';
import type { Json, JsonMap } from '../../lib/schema/json';
import { KubernetesSchemas } from '../../lib/schema/kubernetes-schemas';
import { Sandbox } from '../../lib/testing';
import { httpsJson } from '../control-plane/https-json';

/*
 * What we call wrong, the API server of the sandbox refuses; and what it refuses for its form, we call wrong. That server gives the answers of the real one:
 * test/sandbox/conformance holds the two together.
 */

const OBJECTS: readonly JsonMap[] = [
  { apiVersion: 'v1', kind: 'ConfigMap', metadata: { name: 'a', labels: { a: 'b' } }, data: { a: 'b' }, immutable: false },
  { apiVersion: 'v1', kind: 'Service', metadata: { name: 'a' }, spec: { ports: [{ name: 'a', port: 80, targetPort: 'http' }], selector: { a: 'b' }, type: 'ClusterIP' } },
  {
    apiVersion: 'apps/v1', kind: 'Deployment', metadata: { name: 'a' },
    spec: {
      replicas: 2, minReadySeconds: 3, strategy: { rollingUpdate: { maxSurge: '25%' } }, selector: { matchLabels: { a: 'b' } },
      template: {
        metadata: { labels: { a: 'b' } },
        spec: {
          containers: [{
            name: 'a', image: 'a', env: [{ name: 'A', value: 'a' }], ports: [{ containerPort: 80 }], resources: { limits: { cpu: '1' } },
            livenessProbe: { httpGet: { port: 80 } }, securityContext: { runAsNonRoot: true },
          }],
          volumes: [{ name: 'v', emptyDir: { sizeLimit: '1Gi' } }], tolerations: [{ key: 'a', operator: 'Exists' }],
        },
      },
    },
  },
  { apiVersion: 'rbac.authorization.k8s.io/v1', kind: 'Role', metadata: { name: 'a' }, rules: [{ apiGroups: [''], resources: ['pods'], verbs: ['get'] }] },
  {
    apiVersion: 'networking.k8s.io/v1', kind: 'Ingress', metadata: { name: 'a' },
    spec: { rules: [{ host: 'a.example', http: { paths: [{ path: '/', pathType: 'Prefix', backend: { service: { name: 'a', port: { number: 80 } } } }] } }] },
  },
  { apiVersion: 'batch/v1', kind: 'CronJob', metadata: { name: 'a' }, spec: { schedule: '* * * * *', jobTemplate: { spec: { template: { spec: { restartPolicy: 'Never', containers: [{ name: 'a', image: 'a' }] } } } } } },
  { apiVersion: 'policy/v1', kind: 'PodDisruptionBudget', metadata: { name: 'a' }, spec: { minAvailable: 1, selector: { matchLabels: { a: 'b' } } } },
];

/** Values that are of the wrong type somewhere, or nothing. */
const INSTEAD: readonly Json[] = [true, 7, 'text', [], {}, null, 1.5];

/** Each value of an object replaced, each field added to and removed, one at a time. */
function* changesOf(object: JsonMap): Generator<{ readonly title: string; readonly changed: JsonMap }> {
  const paths = [...pathsOf(object, [])].filter(([first, second]) => !(first === 'apiVersion' || first === 'kind' || (first === 'metadata' && (second === undefined || second === 'name'))));
  for (const path of paths) {
    for (const value of INSTEAD) {
      yield { title: `${path.join('.')} = ${JSON.stringify(value)}`, changed: withValue(object, path, value) };
    }
    yield { title: `${path.join('.')} removed`, changed: withValue(object, path, undefined) };
    yield { title: `${path.join('.')}.unknown added`, changed: withValue(object, [...path, 'unknown'], 'x') };
  }
}

function* pathsOf(value: Json, path: string[]): Generator<string[]> {
  if (path.length > 0) yield path;
  if (typeof value === 'object' && value !== null) for (const [key, item] of Object.entries(value)) yield* pathsOf(item, [...path, key]);
}

function withValue(object: JsonMap, path: readonly string[], value: Json | undefined): JsonMap {
  const copy = structuredClone(object);
  let at = copy as Record<string, Json>;
  for (const key of path.slice(0, -1)) at = at[key] as Record<string, Json>;
  if (typeof at !== 'object') return copy;
  const last = path.at(-1)!;
  if (value !== undefined) at[last] = value;
  else if (Array.isArray(at)) at.splice(Number(last), 1);
  else delete at[last];
  return copy;
}

/** How a server says that the form of an object is wrong, not what it means. */
const FORM = /unknown field|cannot unmarshal|cannot be handled|quantities must match|cannot convert|illegal base64|json:|parsing time/;

let sandbox: Sandbox;
let agent: Agent;
beforeAll(async () => {
  sandbox = await Sandbox.start({ controllers: false });
  agent = new Agent({ ca: sandbox.ca, keepAlive: true });
});
afterAll(async () => {
  agent.destroy();
  await sandbox.close();
});

/** The message with which the server refuses an object; undefined when it takes it. */
async function refusalOf(object: JsonMap): Promise<string | undefined> {
  const { kind, apiVersion } = object as { kind: string; apiVersion: string };
  const plural = kind === 'Ingress' ? 'ingresses' : `${kind.toLowerCase()}s`;
  const path = `${apiVersion.includes('/') ? `/apis/${apiVersion}` : `/api/${apiVersion}`}/namespaces/default/${plural}?dryRun=All&fieldValidation=Strict`;
  const { status, body } = await httpsJson(new URL(path, sandbox.url), { method: 'POST', agent, body: object, headers: { authorization: `Bearer ${sandbox.token}` } });
  return status < 300 ? undefined : (body as { message: string }).message;
}

test.each(OBJECTS.map(object => [String(object.kind), object] as const))('%s', async (_kind, object) => {
  const schemas = KubernetesSchemas.tryFind('1.36')!;
  const [group, version] = String(object.apiVersion).includes('/') ? String(object.apiVersion).split('/') : ['', String(object.apiVersion)];
  const schema = schemas.tryFind(group, version, String(object.kind))!;
  const falseAlarms: string[] = [];
  const misses: string[] = [];
  for (const { title, changed } of changesOf(object)) {
    const ours = checkValue(changed, schema);
    const theirs = await refusalOf(changed);
    if (ours.length > 0 && theirs === undefined) falseAlarms.push(`${title}: ${ours[0].what}`);
    if (ours.length === 0 && theirs !== undefined && FORM.test(theirs)) misses.push(`${title}: ${theirs}`);
  }
  expect({ falseAlarms, misses }).toEqual({ falseAlarms: [], misses: [] });
});
