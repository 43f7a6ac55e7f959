import { Agent, failure, run } from './agent';
import { FlotillaError } from '../../lib/errors';
import type { AgentEvent } from '../../lib/reconcile/agent/events';
import { AgentLog, logAgent, LogAgentOptions } from '../../lib/serve/log';

let agent: Agent;
let written: string[];
let log: AgentLog;

beforeEach(() => {
  jest.useFakeTimers({ now: Date.UTC(2026, 0, 2, 3, 4, 5) });
  agent = new Agent();
  written = [];
});
afterEach(() => {
  jest.useRealTimers();
});

function start(options: Partial<LogAgentOptions> = {}): void {
  log = logAgent({ events: agent.events, stream: { write: text => written.push(text) }, ...options });
}

/** What was written since the last time, as data. */
function lines(): Record<string, unknown>[] {
  return written.splice(0).map(text => {
    expect(text).toMatch(/^\{[^\n]*\}\n$/);
    return JSON.parse(text) as Record<string, unknown>;
  });
}

const object = { cluster: 'prod', application: 'web', object: 'Service/shop/web' };

describe('a line an event that matters', () => {
  test.each<[string, AgentEvent, Record<string, unknown>]>([
    ['a new commit', { type: 'source', outcome: 'changed', cause: 'webhook', commit: 'c0ffee', seconds: 0.2 },
      { level: 'info', msg: 'a new commit', commit: 'c0ffee', cause: 'webhook', seconds: 0.2 }],
    ['a source that fails', { type: 'source', outcome: 'failed', cause: 'poll', seconds: 1, error: failure('FLT4001', 'cannot fetch', new Error('timeout')) },
      { level: 'error', msg: 'the source cannot be read: cannot fetch', cause: 'poll', code: 'FLT4001', fix: 'correct the manifest', why: 'timeout' }],
    ['a cluster that answers', { type: 'connection', cluster: 'prod', state: 'up' }, { level: 'info', msg: 'the cluster answers', cluster: 'prod' }],
    ['a cluster that does not', { type: 'connection', cluster: 'prod', state: 'down', retryMs: 1500, error: failure('FLT5003', 'no answer') },
      { level: 'error', msg: 'the cluster does not answer: no answer', cluster: 'prod', retrySeconds: 1.5, code: 'FLT5003', fix: 'correct the manifest' }],
    ['a watch that is denied', { type: 'watch', cluster: 'prod', kind: 'Secret', state: 'denied', message: 'forbidden' },
      { level: 'warn', msg: 'a kind may not be watched', cluster: 'prod', kind: 'Secret', detail: 'forbidden' }],
    ['a run that applied', run({ outcome: 'applied', revision: 'aaa', objects: [{ object: 'a', action: 'created' }, { object: 'b', action: 'created' }, { object: 'c', action: 'unchanged' }] }),
      { level: 'info', msg: 'the application was applied', cluster: 'prod', application: 'web', commit: 'c0ffee', revision: 'aaa', seconds: 0.5, created: 2, unchanged: 1 }],
    ['a run that removed', run({ outcome: 'removed', objects: [{ object: 'a', action: 'pruned' }] }),
      { level: 'info', msg: 'the application was removed', cluster: 'prod', application: 'web', commit: 'c0ffee', seconds: 0.5, pruned: 1 }],
    ['a run that is blocked', run({ outcome: 'blocked', message: 'waits for db' }),
      { level: 'warn', msg: 'the application is blocked', cluster: 'prod', application: 'web', commit: 'c0ffee', detail: 'waits for db' }],
    ['drift', { type: 'drift', ...object, writer: 'kubectl', seconds: 0.1 }, { level: 'info', msg: 'an object was changed and put right', ...object, writer: 'kubectl', seconds: 0.1 }],
    ['an object that was gone', { type: 'drift', ...object, seconds: 0.1 }, { level: 'info', msg: 'an object was gone and was put back', ...object, seconds: 0.1 }],
    ['a fight', { type: 'fight', ...object, writer: 'hpa', delayMs: 8000 }, { level: 'warn', msg: 'another writer keeps changing an object', ...object, writer: 'hpa', retrySeconds: 8 }],
    ['a lease', { type: 'lease', cluster: 'prod', state: 'held' }, { level: 'info', msg: 'took a cluster over', cluster: 'prod' }],
    ['events that may not be written', { type: 'events', cluster: 'prod', error: new FlotillaError('FLT5101', { what: 'Event/shop is forbidden', fix: 'grant it' }) },
      { level: 'warn', msg: 'no events can be written about deliveries', cluster: 'prod', code: 'FLT5101', fix: 'grant it' }],
    ['leases that cannot be kept', { type: 'lease-trouble', error: failure('FLT5003', 'no answer') },
      { level: 'error', msg: 'the Leases cannot be kept: no answer', code: 'FLT5003', fix: 'correct the manifest' }],
    ['an audit', { type: 'audit', cluster: 'prod', object: 'Service/shop/web', outcome: 'drifted' }, { level: 'warn', msg: 'the audit found drift', cluster: 'prod', object: 'Service/shop/web' }],
  ])('%s', (_what, event, expected) => {
    start();
    agent.tell(event);
    expect(lines()).toEqual([{ time: '2026-01-02T03:04:05.000Z', ...expected }]);
  });

  test('a run that failed has a line each failed object and error, and one of its own', () => {
    start();
    const broken = failure();
    const others = FlotillaError.all([failure('FLT3004', 'a file is bad'), failure('FLT3005', 'another is bad')]);
    agent.tell(run({ outcome: 'failed', message: '1 object failed', errors: [broken, others], objects: [{ object: 'Deployment.apps/shop/web', action: 'failed', error: broken }] }));
    const told = lines().map(({ level, msg, object: name, code, detail, failed }) => [level, msg, name, code, detail, failed]);
    expect(told.map(parts => parts.filter(part => part !== undefined))).toEqual([
      ['error', 'Deployment.apps/shop/web is not valid: spec.x', 'Deployment.apps/shop/web', 'FLT5102'],
      ['error', 'a file is bad', 'FLT3004'],
      ['error', 'another is bad', 'FLT3005'],
      ['error', 'the application failed', '1 object failed', 1],
    ]);
  });

  test('deletions that are held are told with the digest that approves them', () => {
    start();
    agent.tell(run({ outcome: 'unchanged', held: { digest: 'abcdef123456', objects: ['a', 'b'] } }));
    expect(lines()).toEqual([expect.objectContaining({ level: 'warn', msg: 'deletions wait for an approval', held: 2, digest: 'abcdef123456', application: 'web' })]);
  });

  test('a run with a thousand failures has a bounded number of lines', () => {
    start();
    const errors = Array.from({ length: 1000 }, (_, i) => failure('FLT5102', `${i} is bad`));
    agent.tell(run({ outcome: 'failed', errors, objects: errors.map((error, i) => ({ object: `ConfigMap/a/${i}`, action: 'failed' as const, error })) }));
    const told = lines();
    expect(told).toHaveLength(21);
    expect(told[20]).toMatchObject({ failed: 1000 });
  });
});

test('nothing is written where nothing happens', () => {
  start();
  agent.tell(
    { type: 'source', outcome: 'unchanged', cause: 'poll', seconds: 0.1 }, run({ outcome: 'unchanged', objects: [{ object: 'a', action: 'unchanged' }] }),
    { type: 'queue', cluster: 'prod', depth: 3 }, { type: 'audit', cluster: 'prod', object: 'a', outcome: 'same' },
    { type: 'watch', cluster: 'prod', kind: 'Service', state: 'lost' }, { type: 'watch', cluster: 'prod', kind: 'Service', state: 'listed' },
    { type: 'watch', cluster: 'prod', kind: 'Service', state: 'closed' },
  );
  expect(written).toEqual([]);
});

test('the level decides what is written', () => {
  start({ level: 'debug' });
  agent.tell({ type: 'watch', cluster: 'prod', kind: 'Service', state: 'lost' });
  expect(lines()).toMatchObject([{ level: 'debug', msg: 'watch lost' }]);
  log.close();
  start({ level: 'warn' });
  agent.tell({ type: 'lease', cluster: 'prod', state: 'held' }, { type: 'fight', ...object, delayMs: 1 });
  expect(lines()).toMatchObject([{ level: 'warn' }]);
});

describe('trouble that comes again', () => {
  const down = (cluster = 'prod', what = 'no answer'): AgentEvent => ({ type: 'connection', cluster, state: 'down', error: failure('FLT5003', what) });

  test('is written once a minute, with how often it came', () => {
    start();
    for (let second = 0; second < 60; second++) {
      agent.tell(down('prod', `no answer in ${second} ms`));
      jest.advanceTimersByTime(1000);
    }
    expect(lines()).toMatchObject([{ msg: 'the cluster does not answer: no answer in 0 ms' }]);
    agent.tell({ type: 'queue', cluster: 'prod', depth: 0 });
    expect(lines()).toMatchObject([{ msg: 'the cluster does not answer: no answer in 59 ms', repeated: 59 }]);
  });

  test('is written at once when it is another cluster, application, object or code', () => {
    start();
    agent.tell(down(), down('dev'), { type: 'connection', cluster: 'prod', state: 'down', error: failure('FLT5004') });
    agent.tell(down(), down('dev'));
    expect(lines()).toHaveLength(3);
    agent.tell({ type: 'fight', ...object, delayMs: 1 }, { type: 'fight', ...object, object: 'b', delayMs: 1 }, { type: 'fight', ...object, application: 'api', delayMs: 1 });
    expect(lines()).toHaveLength(3);
  });

  test('is written anew after a minute of silence, without a count', () => {
    start();
    agent.tell(down());
    jest.advanceTimersByTime(60_000);
    agent.tell(down());
    expect(lines().map(({ repeated }) => repeated)).toEqual([undefined, undefined]);
  });

  test('does not keep back that it is over', () => {
    start();
    const up: AgentEvent = { type: 'connection', cluster: 'prod', state: 'up' };
    agent.tell(down(), up, down(), up);
    expect(lines().map(({ level }) => level)).toEqual(['error', 'info', 'info']);
  });

  test('is told to its end when the log closes, and nothing after that', () => {
    start();
    agent.tell(down(), down(), down());
    log.close();
    agent.tell(down('dev'));
    expect(lines()).toMatchObject([{}, { repeated: 2 }]);
    expect(agent.listeners.size).toBe(0);
  });
});

describe('credentials', () => {
  test.each([
    'fetch https://bot:s3cret@git.example/x failed', 'Authorization: Bearer s3cret', 'sent Bearer s3cret, refused', 'GET https://git.example/x?private_token=s3cret',
    'token eyJhbGciOiJIUzI1NiJ9.s3cretpayload.s3cret is expired',
  ])('in `%s` are not written', text => {
    start({ level: 'debug' });
    const error = new FlotillaError('FLT5003', { what: text, fix: text, cause: new Error(text) });
    agent.tell(
      { type: 'source', outcome: 'failed', cause: 'poll', seconds: 1, error }, { type: 'connection', cluster: 'prod', state: 'down', error },
      { type: 'watch', cluster: 'prod', kind: 'a', state: 'lost', message: text },
      run({ outcome: 'failed', message: text, errors: [error], objects: [{ object: 'ConfigMap/a/a', action: 'failed', error }] }),
    );
    expect(written.length).toBeGreaterThanOrEqual(5);
    expect(written.join('')).not.toContain('s3cret');
  });

  test('what a server quotes of a Secret is not written, and of other objects is', () => {
    start();
    const what = (object_: string) => `${object_} is not valid: data.x: Invalid value: "s3cret": illegal base64\n    data.y: Invalid value: s3cret2`;
    for (const name of ['Secret/shop/token', 'ConfigMap/shop/web']) {
      agent.tell(run({ outcome: 'failed', objects: [{ object: name, action: 'failed', error: failure('FLT5102', what(name), new Error('he said "s3cret"')) }] }));
    }
    const [secret, , configMap] = lines();
    expect(JSON.stringify(secret)).not.toContain('s3cret');
    expect(secret).toMatchObject({ msg: expect.stringContaining('data.x: Invalid value: "***": illegal base64'), why: 'he said "***"' });
    expect(configMap.msg).toContain('"s3cret"');
  });

  test('a message of a megabyte is cut', () => {
    start();
    agent.tell(run({ outcome: 'failed', message: 'x'.repeat(1_000_000), errors: [failure('FLT5102', 'y'.repeat(1_000_000), new Error('z'.repeat(1_000_000)))] }));
    written.forEach(text => expect(text.length).toBeLessThan(5_000));
  });
});

describe('lines for people', () => {
  test('are written on a terminal: time, level, place, message, the rest', () => {
    start({ stream: { isTTY: true, write: text => written.push(text) } });
    agent.tell({ type: 'drift', ...object, writer: 'my tool', seconds: 0.1 }, { type: 'source', outcome: 'changed', cause: 'start', commit: 'c0ffee', seconds: 2 });
    expect(written).toEqual([
      '03:04:05 INFO   prod/web  an object was changed and put right  object=Service/shop/web writer="my tool" seconds=0.1\n',
      '03:04:05 INFO   a new commit  commit=c0ffee cause=start seconds=2\n',
    ]);
  });

  test('hold nothing that a terminal would obey, and stay one line', () => {
    start({ format: 'text' });
    agent.tell(run({ outcome: 'blocked', message: '\u001b[2Jgone\r\n03:04:05 INFO faked \u202e\u009b' }));
    expect(written).toHaveLength(1);
    expect(written[0].slice(0, -1)).toMatch(/^[\x20-\x7e]+$/);
    expect(written[0]).toContain('\\u001b[2Jgone\\u000d\\n03:04:05');
  });
});
