import * as fc from 'fast-check';
import { readHealthCases } from './corpus';
import { assessHealth, KubeObject, waitState } from '../../../lib/kube/health';
import { assessGeneric } from '../../../lib/kube/health/generic';

const CASES = readHealthCases('custom-resources.json');

/** How many of Argo CD's cases agree: at least as many as on the day of the last change. */
const AGREEING = 418;
/** The same without rules for single kinds: what may be expected of a kind that nobody has told us about. */
const AGREEING_BY_CONVENTION = 291;

(CASES.length > 0 ? describe : describe.skip)('the health of custom resources agrees with Argo CD', () => {
  test.each<[string, (object: KubeObject) => { status: string }, number]>([
    ['with the rules for well-known kinds', assessHealth, AGREEING],
    ['by the conventions of the API alone', assessGeneric, AGREEING_BY_CONVENTION],
  ])('%s', (title, assess, floor) => {
    const different = CASES.filter(({ object, status }) => assess(object).status !== status);
    const agreeing = CASES.length - different.length;
    process.stdout.write(`health of custom resources, ${title}: ${agreeing} of ${CASES.length} agree\n`);
    expect(agreeing).toBeGreaterThanOrEqual(floor);
  });
});

const custom = (status: unknown, spec: object = {}, kind = 'Thing', group = 'example.dev'): KubeObject =>
  ({ apiVersion: `${group}/v1`, kind, metadata: { name: 'x', generation: 2 }, spec, status });
const conditions = (...list: object[]) => custom({ conditions: list });

test.each<[string, KubeObject, string]>([
  ['that reports nothing', custom(undefined), 'Healthy'],
  ['that is ready', conditions({ type: 'Ready', status: 'True' }), 'Healthy'],
  ['whose status is of an earlier spec', custom({ observedGeneration: 1, conditions: [{ type: 'Ready', status: 'True' }] }), 'Progressing'],
  ['whose conditions are of an earlier spec', conditions({ type: 'Ready', status: 'True', observedGeneration: 1 }), 'Progressing'],
  ['that nobody knows whether it is ready', conditions({ type: 'Ready', status: 'Unknown', reason: 'Checking' }), 'Progressing'],
  ['that is not ready because of an error', conditions({ type: 'Ready', status: 'False', reason: 'BackendError' }), 'Degraded'],
  ['that is not ready yet', conditions({ type: 'Ready', status: 'False', reason: 'WaitingForPods' }), 'Progressing'],
  ['that is ready and reconciles again', conditions({ type: 'Ready', status: 'True' }, { type: 'Reconciling', status: 'True' }), 'Progressing'],
  ['that tries again after a failure', conditions({ type: 'Ready', status: 'False', reason: 'Failed' }, { type: 'Reconciling', status: 'True', reason: 'ProgressingWithRetry' }), 'Degraded'],
  ['that is stalled', conditions({ type: 'Ready', status: 'Unknown' }, { type: 'Stalled', status: 'True' }), 'Degraded'],
  ['that is ready but out of sync', conditions({ type: 'Ready', status: 'True' }, { type: 'Synced', status: 'False', reason: 'ReconcileError' }), 'Degraded'],
  ['that is not ready the other way round', conditions({ type: 'NotReady', status: 'True', reason: 'InvalidResource' }), 'Degraded'],
  ['that is suspended', custom({ phase: 'Running' }, { suspend: true }), 'Suspended'],
  ['that runs', custom({ phase: 'Running' }), 'Healthy'],
  ['that runs and is meant to end', custom({ phase: 'Running' }, {}, 'PipelineRun'), 'Progressing'],
  ['that failed', custom({ state: 'FAILED' }), 'Degraded'],
  ['that says what is wrong', custom({ error: { message: 'no such bucket' } }), 'Degraded'],
  ['that lacks replicas', custom({ readyReplicas: 1 }, { replicas: 2 }), 'Progressing'],
])('an object of an unknown kind %s', (_, object, status) => {
  expect(assessHealth(object).status).toBe(status);
});

test.each<[string, KubeObject, string]>([
  ['a Certificate that nobody has looked at', custom(undefined, {}, 'Certificate', 'cert-manager.io'), 'Progressing'],
  ['a managed resource of any Crossplane provider that nobody has looked at', custom({}, {}, 'Instance', 'rds.aws.crossplane.io'), 'Progressing'],
  ['a ProviderConfig, which never reports', custom(undefined, {}, 'ProviderConfig', 'aws.crossplane.io'), 'Healthy'],
  ['a Kustomization that is suspended', custom({ conditions: [{ type: 'Ready', status: 'True' }] }, { suspend: true }, 'Kustomization', 'kustomize.toolkit.fluxcd.io'), 'Suspended'],
  ['a Workflow that runs', custom({ phase: 'Running' }, {}, 'Workflow', 'argoproj.io'), 'Progressing'],
])('%s is as expected', (_, object, status) => {
  expect(assessHealth(object).status).toBe(status);
});

test('no status, however odd, makes the assessment fail', () => {
  const others = ['apps/v1 Deployment', 'v1 Pod', 'batch/v1 Job', 'autoscaling/v2 HorizontalPodAutoscaler', 'example.dev/v1 Thing'];
  const groups = [...new Set(CASES.map(({ object }) => `${object.apiVersion} ${object.kind}`)), ...others];
  const odd = fc.oneof(fc.jsonValue(), fc.record({
    conditions: fc.oneof(fc.jsonValue(), fc.array(fc.jsonValue())), phase: fc.jsonValue(), observedGeneration: fc.jsonValue(),
  }));
  fc.assert(fc.property(fc.constantFrom(...groups), odd, odd, odd, (groupKind, spec, status, metadata) => {
    const [apiVersion, kind] = groupKind.split(' ');
    const object = { apiVersion, kind, metadata, spec, status } as unknown as KubeObject;
    expect(assessHealth(object).status).toMatch(/^(Healthy|Progressing|Degraded|Suspended|Unknown)$/);
    expect(waitState(object)).toMatch(/^(Current|InProgress|Failed|Terminating)$/);
  }), { numRuns: 2_000 });
});
