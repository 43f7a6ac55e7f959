import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { Agent, call, cluster, failure, run, target } from './agent';
import { parseExposition, samples } from './exposition';
import type { AgentServer, ServeAgentOptions } from '../../lib/serve/serve-agent';

let agent: Agent;
let server: AgentServer | undefined;

beforeEach(() => {
  agent = new Agent();
});
afterEach(async () => {
  await server?.close();
  server = undefined;
});

async function scrape(options: Partial<ServeAgentOptions> = {}): Promise<string> {
  server ??= await agent.serve(options);
  const { status, headers, text } = await call(server.port, '/metrics');
  expect([status, headers['content-type']]).toEqual([200, 'text/plain; version=0.0.4; charset=utf-8']);
  return text;
}

describe('metrics of what happened', () => {
  test('runs, their objects and their errors are counted by cluster, their time by outcome alone', async () => {
    server = await agent.serve();
    const broken = failure();
    agent.tell(
      run({ outcome: 'unchanged', objects: [{ object: 'ConfigMap/shop/a', action: 'unchanged' }] }),
      run({
        outcome: 'failed', errors: [broken, failure('FLT5209')],
        objects: [
          { object: 'ConfigMap/shop/a', action: 'created' }, { object: 'ConfigMap/shop/b', action: 'created' }, { object: 'Service/shop/a', action: 'configured' },
          { object: 'ConfigMap/shop/c', action: 'pruned' }, { object: 'Deployment.apps/shop/web', action: 'failed', error: broken }, { object: 'Job.batch/shop/x', action: 'skipped' },
        ],
      }, { seconds: 2 }),
      run({ outcome: 'applied' }, { cluster: 'dev', seconds: 0.02 }),
    );
    const text = await scrape();
    expect(samples(text, 'flotilla_reconciles_total')).toEqual({
      'cluster="prod",outcome="unchanged"': 1, 'cluster="prod",outcome="failed"': 1, 'cluster="dev",outcome="applied"': 1,
    });
    expect(samples(text, 'flotilla_object_actions_total')).toEqual({
      'cluster="prod",action="created"': 2, 'cluster="prod",action="configured"': 1, 'cluster="prod",action="pruned"': 1, 'cluster="prod",action="failed"': 1,
    });
    // The error of an object is also one of its application, and counts once.
    expect(samples(text, 'flotilla_errors_total')).toEqual({ 'cluster="prod",code="FLT5102"': 1, 'cluster="prod",code="FLT5209"': 1 });
    const durations = samples(text, 'flotilla_reconcile_duration_seconds');
    expect(durations).toMatchObject({ '_sum outcome="failed"': 2, '_count outcome="failed"': 1, '_bucket le="1",outcome="failed"': 0, '_bucket le="2.5",outcome="failed"': 1 });
    expect(Object.keys(durations).filter(key => key.includes('cluster'))).toEqual([]);
  });

  test('drift, fights, connections, leases, audits and the source are counted', async () => {
    server = await agent.serve();
    const object = { cluster: 'prod', application: 'web', object: 'Service/shop/web' };
    agent.tell(
      { type: 'drift', ...object, writer: 'kubectl', seconds: 0.2 }, { type: 'drift', ...object, seconds: 0.4 },
      { type: 'fight', ...object, delayMs: 4000 },
      { type: 'connection', cluster: 'prod', state: 'up' }, { type: 'connection', cluster: 'prod', state: 'down', error: failure('FLT5003'), retryMs: 1000 },
      { type: 'lease', cluster: 'prod', state: 'held' },
      { type: 'audit', cluster: 'prod', object: 'Service/shop/web', outcome: 'drifted' },
      { type: 'source', outcome: 'changed', cause: 'webhook', commit: 'c0ffee', seconds: 0.3 },
      { type: 'source', outcome: 'failed', cause: 'poll', seconds: 10, error: failure('FLT4001', 'cannot fetch') },
      { type: 'queue', cluster: 'prod', depth: 4 },
    );
    const text = await scrape();
    expect(samples(text, 'flotilla_drift_healed_total')).toEqual({ 'cluster="prod"': 2 });
    expect(samples(text, 'flotilla_drift_heal_duration_seconds')).toMatchObject({ _sum: 0.6000000000000001, _count: 2 });
    expect(samples(text, 'flotilla_fights_total')).toEqual({ 'cluster="prod"': 1 });
    expect(samples(text, 'flotilla_connection_changes_total')).toEqual({ 'cluster="prod",state="up"': 1, 'cluster="prod",state="down"': 1 });
    expect(samples(text, 'flotilla_lease_changes_total')).toEqual({ 'cluster="prod",state="held"': 1 });
    expect(samples(text, 'flotilla_audits_total')).toEqual({ 'cluster="prod",outcome="drifted"': 1 });
    expect(samples(text, 'flotilla_source_fetches_total')).toEqual({ 'cause="webhook",outcome="changed"': 1, 'cause="poll",outcome="failed"': 1 });
    expect(samples(text, 'flotilla_errors_total')).toEqual({ 'cluster="prod",code="FLT5003"': 1, 'cluster="",code="FLT4001"': 1 });
  });

  test('a time that is no number disturbs nobody', async () => {
    server = await agent.serve();
    agent.tell(run({ outcome: 'applied' }, { seconds: NaN }));
    const text = await scrape();
    expect(samples(text, 'flotilla_reconciles_total')).toEqual({ 'cluster="prod",outcome="applied"': 1 });
    expect(samples(text, 'flotilla_reconcile_duration_seconds')).toEqual({});
  });
});

describe('metrics of how things stand', () => {
  test('the source, each cluster and each delivery are told', async () => {
    agent.state = {
      commit: 'c0ffee',
      clusters: [
        cluster('prod', {
          state: 'working', queued: 2,
          targets: [
            target('web', { revision: 'aaa', appliedAt: '2026-01-02T03:04:05Z', objects: 7 }),
            target('api', { ready: false, reason: 'Progressing', held: 3 }),
          ],
        }),
        cluster('dev', { state: 'down' }), cluster('new', { state: 'starting' }),
      ],
    };
    const text = await scrape();
    expect(samples(text, 'flotilla_source_up')).toEqual({ '': 1 });
    expect(samples(text, 'flotilla_source_info')).toEqual({ 'commit="c0ffee"': 1 });
    expect(samples(text, 'flotilla_cluster_up')).toEqual({ 'cluster="prod"': 1, 'cluster="dev"': 0, 'cluster="new"': 0 });
    expect(samples(text, 'flotilla_cluster_info')).toEqual({ 'cluster="prod",state="working"': 1, 'cluster="dev",state="down"': 1, 'cluster="new",state="starting"': 1 });
    expect(samples(text, 'flotilla_queue_depth')).toMatchObject({ 'cluster="prod"': 2 });
    expect(samples(text, 'flotilla_deliveries')).toMatchObject({ 'cluster="prod",ready="true"': 1, 'cluster="prod",ready="false"': 1 });
    expect(samples(text, 'flotilla_held_deletions')).toMatchObject({ 'cluster="prod"': 3 });
    expect(samples(text, 'flotilla_delivery_ready')).toEqual({ 'cluster="prod",application="web"': 1, 'cluster="prod",application="api"': 0 });
    expect(samples(text, 'flotilla_delivery_applied_timestamp_seconds')).toEqual({ 'cluster="prod",application="web"': Date.UTC(2026, 0, 2, 3, 4, 5) / 1000 });
    expect(samples(text, 'flotilla_delivery_info')).toEqual({
      'cluster="prod",application="web",revision="aaa",reason="Ready"': 1, 'cluster="prod",application="api",revision="",reason="Progressing"': 1,
    });
    expect(samples(text, 'flotilla_delivery_objects')).toMatchObject({ 'cluster="prod",application="web"': 7 });
    expect(samples(text, 'flotilla_delivery_held_deletions')).toMatchObject({ 'cluster="prod",application="api"': 3 });
    expect(samples(text, 'flotilla_metrics_aggregated')).toEqual({ 'of="deliveries"': 0, 'of="watches"': 0 });
  });

  test('an old revision, a delivery that left and a commit that is past leave no series behind', async () => {
    agent.state = { commit: 'one', clusters: [cluster('prod', { targets: [target('web', { revision: 'aaa', appliedAt: '2026-01-02T03:04:05Z' }), target('api')] })] };
    await scrape();
    agent.state = { commit: 'two', clusters: [cluster('prod', { targets: [target('web', { revision: 'bbb' })] })] };
    const text = await scrape();
    expect(samples(text, 'flotilla_delivery_info')).toEqual({ 'cluster="prod",application="web",revision="bbb",reason="Ready"': 1 });
    expect(samples(text, 'flotilla_source_info')).toEqual({ 'commit="two"': 1 });
    expect(text).not.toMatch(/application="api"|"aaa"|applied_timestamp_seconds\{/);
  });

  test('a cluster that left the fleet leaves all metrics; one that has not appeared yet keeps its counts', async () => {
    agent.state = { commit: 'one', clusters: [cluster('prod'), cluster('old')] };
    server = await agent.serve();
    const about = (name: string) => agent.tell(
      run({ outcome: 'failed', errors: [failure()], objects: [{ object: 'ConfigMap/a/a', action: 'created' }] }, { cluster: name }),
      { type: 'watch', cluster: name, kind: 'Service', state: 'listed' }, { type: 'lease', cluster: name, state: 'held' },
    );
    ['prod', 'old', 'coming'].forEach(about);
    expect(await scrape()).toMatch(/cluster="old"/);
    agent.state = { commit: 'two', clusters: [cluster('prod')] };
    const text = await scrape();
    expect(text).not.toMatch(/cluster="old"/);
    expect(samples(text, 'flotilla_reconciles_total')).toEqual({ 'cluster="prod",outcome="failed"': 1, 'cluster="coming",outcome="failed"': 1 });
    expect(samples(text, 'flotilla_watch_up')).toEqual({ 'cluster="prod",kind="Service"': 1, 'cluster="coming",kind="Service"': 1 });
  });

  test('watches are told by kind and counted by state, and closed ones are gone', async () => {
    server = await agent.serve();
    const watch = (kind: string, state: 'listed' | 'lost' | 'denied' | 'closed') => agent.tell({ type: 'watch', cluster: 'prod', kind, state });
    watch('Service', 'listed');
    watch('Deployment.apps', 'listed');
    watch('Deployment.apps', 'lost');
    watch('Secret', 'denied');
    watch('Job.batch', 'listed');
    watch('Job.batch', 'closed');
    const text = await scrape();
    expect(samples(text, 'flotilla_watch_up')).toEqual({ 'cluster="prod",kind="Service"': 1, 'cluster="prod",kind="Deployment.apps"': 0, 'cluster="prod",kind="Secret"': 0 });
    expect(samples(text, 'flotilla_watches')).toEqual({ 'cluster="prod",state="listed"': 1, 'cluster="prod",state="lost"': 1, 'cluster="prod",state="denied"': 1 });
  });

  test('beyond the bound no delivery and no watch has series of its own, the sums per cluster stay, and a gauge says so', async () => {
    server = await agent.serve({ maxSeries: 2 });
    const targets = ['a', 'b', 'c'].map(name => target(name));
    agent.state = { commit: 'one', clusters: [cluster('prod', { targets: targets.slice(1) })] };
    expect(Object.keys(samples(await scrape(), 'flotilla_delivery_ready'))).toHaveLength(2);
    agent.state = { commit: 'one', clusters: [cluster('prod', { targets })] };
    targets.forEach(({ application }) => agent.tell({ type: 'watch', cluster: 'prod', kind: application, state: 'listed' }));
    const text = await scrape();
    expect(text).not.toMatch(/^flotilla_(delivery_\w+|watch_up)\{/m);
    expect(samples(text, 'flotilla_deliveries')).toEqual({ 'cluster="prod",ready="true"': 3, 'cluster="prod",ready="false"': 0 });
    expect(samples(text, 'flotilla_watches')).toMatchObject({ 'cluster="prod",state="listed"': 3 });
    expect(samples(text, 'flotilla_metrics_aggregated')).toEqual({ 'of="deliveries"': 1, 'of="watches"': 1 });
  });

  test('names with quotes, backslashes and line ends are written so that they can be read', async () => {
    const name = 'a"b\\c\nd';
    const written = 'a\\"b\\\\c\\nd';
    agent.state = { commit: 'one', clusters: [cluster(name, { targets: [target(name, { revision: name, reason: name })] })] };
    const text = await scrape();
    expect(samples(text, 'flotilla_cluster_up')).toEqual({ [`cluster="${written}"`]: 1 });
    expect(samples(text, 'flotilla_delivery_info')).toEqual({ [`cluster="${written}",application="${written}",revision="${written}",reason="${written}"`]: 1 });
  });

  test('a delivery that is told twice, and figures that are none, do not spoil the rest', async () => {
    const targets = [target('web', { ready: false }), target('web', { objects: NaN, appliedAt: 'yesterday' })];
    agent.state = { commit: 'one', clusters: [cluster('prod', { targets })] };
    const text = await scrape();
    expect(samples(text, 'flotilla_delivery_ready')).toEqual({ 'cluster="prod",application="web"': 1 });
    expect(samples(text, 'flotilla_delivery_objects')).toEqual({});
    expect(samples(text, 'flotilla_delivery_applied_timestamp_seconds')).toEqual({});
  });

  test('ten thousand deliveries are told without holding up the process for long', async () => {
    const targets = (n: number) => Array.from({ length: n }, (_, i) => target(`app-${i}`, { revision: 'a'.repeat(40), appliedAt: '2026-01-02T03:04:05Z' }));
    agent.state = { commit: 'one', clusters: Array.from({ length: 200 }, (_, i) => cluster(`cluster-${i}`, { targets: targets(50) })) };
    await scrape();
    // The time of the processor, not of the clock: other tests run at the same time.
    const start = process.cpuUsage();
    const text = await scrape();
    const { user, system } = process.cpuUsage(start);
    expect((user + system) / 1e6).toBeLessThan(3);
    expect(Object.keys(samples(text, 'flotilla_delivery_ready'))).toHaveLength(10_000);
  });
});

test('two agents of one process share nothing', async () => {
  const other = new Agent();
  const second = await other.serve();
  server = await agent.serve();
  agent.tell(run({ outcome: 'applied' }));
  expect(samples((await call(second.port, '/metrics')).text, 'flotilla_reconciles_total')).toEqual({});
  await second.close();
});

test('scrapes at the same time are each whole', async () => {
  agent.state = { commit: 'one', clusters: [cluster('prod', { targets: Array.from({ length: 500 }, (_, i) => target(`app-${i}`)) })] };
  server = await agent.serve();
  const texts = await Promise.all(Array.from({ length: 8 }, () => scrape()));
  texts.forEach(text => expect(Object.keys(samples(text, 'flotilla_delivery_info'))).toHaveLength(500));
});

test('docs/operations.md has exactly the metrics that there are, with their types', async () => {
  const page = readFileSync(join(__dirname, '..', '..', 'docs', 'operations.md'), 'utf8');
  const documented = [...page.matchAll(/^\| `(flotilla_\w+)` \| (\w+) \|/gm)].map(([, name, type]) => `${name} ${type}`).sort();
  const told = [...parseExposition(await scrape()).values()].filter(({ name }) => name.startsWith('flotilla_')).map(({ name, type }) => `${name} ${type}`).sort();
  expect(documented).toEqual(told);
});

test('the metrics of the process are there', async () => {
  const families = parseExposition(await scrape());
  expect(['process_cpu_seconds_total', 'process_resident_memory_bytes', 'nodejs_eventloop_lag_seconds'].filter(name => !families.has(name))).toEqual([]);
});
