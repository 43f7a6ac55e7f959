import { readFileSync } from 'node:fs';
import { runHistory, type Parting, type Servers } from './history';
import { Sandbox } from '../../../lib/testing';
import { describeWithCluster } from '../../control-plane/describe-cluster';
import { waitUntil } from '../../control-plane/wait-until';
import { Target } from '../conformance/target';
import { gadget, widget } from '../schema/definitions';

/** Two minutes on two cores that have nothing else to do: 0.12 s of processor time each, half of it that of the real server. */
const HISTORIES = Number(process.env.FLOTILLA_HISTORIES ?? 2000);
/** Of the first history; those after it count on. To see one history again: its seed, and FLOTILLA_HISTORIES=1. */
const FIRST_SEED = Number(process.env.FLOTILLA_HISTORY_SEED ?? 1);
/** From 0 to 1: how often what is sent has something wrong, so that it is refused in words that not all are known yet. */
const ODDITY = Number(process.env.FLOTILLA_HISTORY_ODDITY ?? 0);
const STEPS = 20;
/** The latency of the real server is hidden behind that of the others. */
const AT_ONCE = 16;
/** Of a history alone, which takes a fraction of a second, half of them will do. */
const ATTEMPTS = 10;
const DEFINITIONS = '/apis/apiextensions.k8s.io/v1/customresourcedefinitions';

describeWithCluster('random histories', {}, context => {
  let sandbox: Sandbox;
  let servers: Servers;

  beforeAll(async () => {
    const { plane } = context;
    sandbox = await Sandbox.start({ controllers: false });
    servers = {
      real: new Target({ url: plane.url, ca: readFileSync(plane.caFile, 'utf8'), tokenOf: user => plane.user(user).token, compact: () => plane.compact() }),
      sandbox: new Target({ url: sandbox.url, ca: sandbox.ca, tokenOf: user => sandbox.findToken(user), compact: () => sandbox.compact() }),
    };
    for (const target of Object.values(servers) as Target[]) await define(target);
  });
  afterAll(async () => {
    for (const target of Object.values(servers ?? {}) as Target[]) target.close();
    await sandbox?.close();
  });

  /** Alone, until no second begins within a step: then what is different is so for another reason. */
  async function playAgain(seed: number): Promise<Parting[]> {
    for (let attempt = 1; ; attempt++) {
      const { parting, isBlurred } = await runHistory(servers, { seed, steps: STEPS, oddity: ODDITY, namespace: `h${seed}-${attempt}` });
      if (!parting) return [];
      if (!isBlurred || attempt === ATTEMPTS) return [parting];
    }
  }

  test('the sandbox answers each request of a history as the real server does', async () => {
    const statuses = new Map<number, number>();
    const partings: Parting[] = [];
    const blurred: number[] = [];
    let next = 0;
    const lane = async () => {
      while (next < HISTORIES) {
        const seed = FIRST_SEED + next++;
        const { parting, statuses: its, isBlurred } = await runHistory(servers, { seed, steps: STEPS, oddity: ODDITY });
        for (const [status, count] of its) statuses.set(status, (statuses.get(status) ?? 0) + count);
        if (parting && isBlurred) blurred.push(seed);
        else if (parting) partings.push(parting);
      }
    };
    await Promise.all(Array.from({ length: AT_ONCE }, lane));
    for (const seed of blurred) partings.push(...await playAgain(seed));
    expect(partings.toSorted((a, b) => a.seed - b.seed).map(told)).toEqual([]);
    // Histories that are refused all the time would prove little.
    const [taken, all] = [statuses.get(200)! + statuses.get(201)!, [...statuses.values()].reduce((a, b) => a + b)];
    // Those that were played again may have parted before their end the first time.
    expect(all).toBeGreaterThanOrEqual((HISTORIES - blurred.length) * STEPS);
    if (HISTORIES >= 100) expect(taken / all).toBeGreaterThan(0.4);
  }, 60_000 + HISTORIES * 1_000);
});

async function define(target: Target): Promise<void> {
  for (const body of [widget, gadget]) await target.ask('POST', DEFINITIONS, { body });
  await waitUntil('custom resources are served', async () => {
    const answers = await Promise.all(['widgets', 'gadgets'].map(plural => target.ask('GET', `/apis/example.com/v1/${plural}`)));
    return answers.every(({ status }) => status === 200);
  });
}

/** All that is needed to see it again. */
function told({ seed, step, kind, real, sandbox, before, differences }: Parting): string {
  const { method, path, type = 'application/json', body } = real.request;
  const said = { request: body, before, real: real.answer.body, sandbox: sandbox.answer.body };
  return [
    `seed ${seed}, step ${step}, ${kind}: ${method} ${path} (${type}), ${real.answer.status} and ${sandbox.answer.status}`,
    ...differences,
    ...Object.entries(said).map(([name, value]) => `${name} ${JSON.stringify(value)}`),
  ].join('\n');
}
