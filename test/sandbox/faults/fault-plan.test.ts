import type { Fault, RequestInfo } from '../../../lib/sandbox/faults/fault';
import { answerFaultRequest } from '../../../lib/sandbox/faults/fault-endpoint';
import { FaultPlan } from '../../../lib/sandbox/faults/fault-plan';
import { Random } from '../../../lib/sandbox/faults/random';

const list: RequestInfo = {
  verb: 'list', path: '/api/v1/namespaces/shop/pods', group: '', resource: 'pods', namespace: 'shop', userAgent: 'kubectl/v1.32.0 (linux/amd64)', user: 'admin',
};
const discovery: RequestInfo = { verb: 'discovery', path: '/apis', userAgent: '', user: 'admin' };
const watch: RequestInfo = { ...list, verb: 'watch' };

function hits(plan: FaultPlan, count: number, info = list): number[] {
  return Array.from({ length: count }, (_, i) => i).filter(() => plan.onRequest(info) !== undefined);
}

describe('a plan of faults', () => {
  test('without faults is idle and does nothing', () => {
    const plan = new FaultPlan();
    expect([plan.isIdle, plan.onRequest(list), plan.onWatchEvent(watch, 'event'), plan.tryGone('apps', discovery)]).toEqual([true, undefined, undefined, undefined]);
  });

  test('does the same to the same requests for the same seed, and something else for another', () => {
    const make = (seed: string) => new FaultPlan({ seed, faults: [{ kind: 'throttle', rate: 0.3 }] });
    const first = hits(make('a'), 1_000);
    expect(hits(make('a'), 1_000)).toEqual(first);
    expect(hits(make('b'), 1_000)).not.toEqual(first);
    expect(first.length).toBeGreaterThan(250);
    expect(first.length).toBeLessThan(350);
  });

  test('a fault hits what it hits whatever faults are beside it', () => {
    const alone = hits(new FaultPlan({ faults: [{ kind: 'throttle', rate: 0.3 }] }), 200);
    expect(hits(new FaultPlan({ faults: [{ kind: 'throttle', rate: 0.3 }, { kind: 'drop', rate: 0.5 }, { kind: 'hang', verb: ['get'] }] }), 200)).toEqual(alone);
  });

  test.each<[Partial<Fault>, boolean]>([
    [{}, true],
    [{ verb: ['get', 'list'] }, true],
    [{ verb: ['get'] }, false],
    [{ group: [''] }, true],
    [{ group: ['apps'] }, false],
    [{ resource: ['pods'] }, true],
    [{ resource: ['po*'] }, true],
    [{ resource: ['pod'] }, false],
    [{ namespace: ['shop'] }, true],
    [{ path: ['/api/*'] }, true],
    [{ path: ['/apis/*'] }, false],
    [{ agent: ['kubectl'] }, true],
    [{ agent: ['flotilla'] }, false],
    [{ user: ['admin'] }, true],
    [{ user: ['admin'], verb: ['watch'] }, false],
  ])('with the filter %j hits a list of pods: %s', (filter, expected) => {
    expect(new FaultPlan({ faults: [{ kind: 'hang', ...filter }] }).onRequest(list) !== undefined).toBe(expected);
  });

  test.each<[Fault, object]>([
    [{ kind: 'latency', delayMs: 200 }, { delayMs: 200, act: undefined }],
    [{ kind: 'throttle', retryAfter: 7 }, { act: { type: 'error', error: { code: 429, details: { retryAfterSeconds: 7 } }, plain: 'Too many requests, please try again later.\n' } }],
    [{ kind: 'error' }, { act: { type: 'error', error: { code: 500, reason: 'InternalError' } } }],
    [{ kind: 'error', status: 503 }, { act: { type: 'error', error: { code: 503, reason: 'ServiceUnavailable' } } }],
    [{ kind: 'unauthorized' }, { act: { type: 'error', error: { code: 401, reason: 'Unauthorized', message: 'Unauthorized' } } }],
    [{ kind: 'reset' }, { act: { type: 'reset', when: 'before' } }],
    [{ kind: 'reset', when: 'middle' }, { act: { type: 'reset', when: 'middle' } }],
    [{ kind: 'hang' }, { act: { type: 'hang' } }],
    [{ kind: 'stale', revisions: 3 }, { act: { type: 'stale', revisions: 3 } }],
    [{ kind: 'gone', group: [''] }, { act: { type: 'error', error: { code: 404 }, plain: '404 page not found\n' } }],
    [{ kind: 'gone', group: [''], status: 503 }, { act: { type: 'error', error: { code: 503 } } }],
  ])('%j', (fault, expected) => {
    expect(new FaultPlan({ faults: [fault] }).onRequest(list)).toMatchObject({ name: fault.kind, ...expected });
  });

  test('latencies add up, and come before what else happens', () => {
    const plan = new FaultPlan({ faults: [{ kind: 'latency', delayMs: 100 }, { kind: 'error' }, { kind: 'latency', delayMs: 50 }, { kind: 'hang' }] });
    expect(plan.onRequest(list)).toMatchObject({ name: 'latency+error+latency-2', delayMs: 150, act: { type: 'error' } });
  });

  test('jitter stays within its bounds', () => {
    const plan = new FaultPlan({ faults: [{ kind: 'latency', delayMs: 100, jitterMs: 40 }] });
    const delays = Array.from({ length: 500 }, () => plan.onRequest(list)!.delayMs);
    expect(Math.min(...delays)).toBeGreaterThanOrEqual(60);
    expect(Math.max(...delays)).toBeLessThanOrEqual(140);
    expect(new Set(delays).size).toBeGreaterThan(50);
  });

  test('only reads are stale', () => {
    expect(new FaultPlan({ faults: [{ kind: 'stale' }] }).onRequest({ ...list, verb: 'patch' })).toBeUndefined();
  });

  test.each<[Fault, 'open' | 'event', object | undefined]>([
    [{ kind: 'drop' }, 'event', { type: 'drop' }],
    [{ kind: 'drop' }, 'open', undefined],
    [{ kind: 'stall' }, 'event', { type: 'stall' }],
    [{ kind: 'delay', delayMs: 300 }, 'event', { type: 'delay', delayMs: 300 }],
    [{ kind: 'expired' }, 'open', { type: 'expired', error: { code: 410, reason: 'Expired' } }],
    [{ kind: 'expired' }, 'event', undefined],
    [{ kind: 'drop', resource: ['secrets'] }, 'event', undefined],
  ])('on watches: %j when %s', (fault, moment, expected) => {
    const plan = new FaultPlan({ faults: [fault] });
    const found = plan.onWatchEvent(watch, moment);
    if (expected) expect(found).toMatchObject(expected);
    else expect(found).toBeUndefined();
    expect(plan.onRequest(watch)).toBeUndefined();
  });

  test('a group that is gone is gone from discovery, until it is switched off', () => {
    const plan = new FaultPlan({ faults: [{ kind: 'gone', group: ['apps'] }] });
    expect([plan.tryGone('apps', discovery), plan.tryGone('batch', discovery)]).toEqual(['absent', undefined]);
    plan.set('gone', false);
    expect([plan.tryGone('apps', discovery), plan.isIdle]).toEqual([undefined, true]);
  });

  test('is over after its count, and after its time; switched on it starts again', () => {
    let time = 0;
    const plan = new FaultPlan({ now: () => time, faults: [{ kind: 'error', count: 2, name: 'twice' }, { kind: 'latency', forMs: 1_000, name: 'a-second' }] });
    expect([plan.onRequest(list), plan.onRequest(list), plan.onRequest(list)].map(fault => fault?.name)).toEqual(['twice+a-second', 'twice+a-second', 'a-second']);
    time = 1_000;
    expect(plan.onRequest(list)).toBeUndefined();
    plan.set('twice', true);
    expect(plan.onRequest(list)?.name).toBe('twice');
    expect(plan.list()).toEqual([
      { name: 'twice', fault: expect.anything(), on: true, hits: 1 }, { name: 'a-second', fault: expect.anything(), on: false, hits: 3 },
    ]);
  });

  test('an unknown name and a name that is taken are told', () => {
    const plan = new FaultPlan({ faults: [{ kind: 'hang', name: 'deaf' }] });
    expect(() => plan.set('def', true)).toThrow(expect.objectContaining({ code: 'FLT8002', fix: "use one of 'deaf'" }));
    expect(() => plan.add({ kind: 'drop', name: 'deaf' })).toThrow(expect.objectContaining({ code: 'FLT8002' }));
  });
});

test('faults are added, switched and removed over HTTP', () => {
  const plan = new FaultPlan();
  expect(answerFaultRequest(plan, 'POST', '/faults', 'error=503,name=down\n')).toEqual({ status: 201, body: { name: 'down' } });
  expect(plan.onRequest(list)).toMatchObject({ act: { error: { code: 503 } } });
  expect(answerFaultRequest(plan, 'PUT', '/faults/down', 'off')).toMatchObject({ status: 200, body: { on: false } });
  expect(plan.onRequest(list)).toBeUndefined();
  expect(answerFaultRequest(plan, 'GET', '/faults')).toEqual({ status: 200, body: [{ name: 'down', fault: { kind: 'error', status: 503, name: 'down' }, on: false, hits: 1 }] });
  expect(answerFaultRequest(plan, 'POST', '/faults', 'hang,name=down').status).toBe(409);
  expect(answerFaultRequest(plan, 'POST', '/faults', 'nonsense')).toMatchObject({ status: 400, body: { code: 'FLT8001' } });
  expect(answerFaultRequest(plan, 'PUT', '/faults/down', 'maybe').status).toBe(400);
  expect(answerFaultRequest(plan, 'DELETE', '/faults/other')).toMatchObject({ status: 404, body: { code: 'FLT8002' } });
  expect(answerFaultRequest(plan, 'DELETE', '/faults/down').status).toBe(200);
  expect(answerFaultRequest(plan, 'PATCH', '/faults').status).toBe(405);
  expect(plan.list()).toEqual([]);
});

test('random numbers are the same for a seed, and spread evenly', () => {
  const random = new Random('x');
  const buckets = new Array<number>(10).fill(0);
  for (let i = 0; i < 10_000; i++) buckets[random.below(10)]++;
  expect(Math.min(...buckets)).toBeGreaterThan(900);
  expect(Math.max(...buckets)).toBeLessThan(1_100);
  expect(new Random(7).next()).toBe(new Random(7).next());
});
