import { EndState, ObservedFleet } from './end-state';
import { HeldBranch } from './held-branch';
import { HISTORIES, History } from './histories';
import { Death, MortalProcess } from './mortal-process';
import { RunningAgent } from './running-agent';
import { describeWithCluster } from '../../control-plane/describe-cluster';

/** Histories that are lived through at the same time. */
const AT_ONCE = 6;
/** What happens at the same time is not always in the same order: a death that did not come is tried so often again. */
const RETRIES = 2;
const DEFINITION = '/apis/apiextensions.k8s.io/v1/customresourcedefinitions/deliveries.cdk8s-flotilla.dev';
const TIMEOUT_MS = 60_000;

/** Which requests count: those of an agent that runs when something is committed, or those of one that is started then. */
type From = 'commit' | 'start';

describeWithCluster('an agent that dies', { clusters: ['one'], auditLog: true }, context => {
  let count = 0;
  const total = { runs: 0, points: 0 };
  const fleets = new Map<string, History>();

  /** Lives through a history up to a death, if there is one, then with another process to the end. */
  class Life {
    private readonly ns = `run-${String(count++).padStart(4, '0')}`;
    public readonly fleet = new ObservedFleet(context.kube, this.ns);
    public readonly first = new MortalProcess(text => text.replaceAll(this.ns, 'NS'));
    private readonly branch = new HeldBranch({ fleet: this.ns, namespace: `flotilla-${this.ns}`, contexts: { one: context.plane.name, uno: context.plane.name } });
    /** The agent that went on. */
    private second?: RunningAgent;
    private uids = new Map<string, string | undefined>();
    private pushed = 0;

    constructor(private readonly history: History, private readonly from: From) {
      fleets.set(this.ns, history);
    }

    public async live(death?: Death): Promise<void> {
      const { before, commits } = this.history;
      let agent: RunningAgent | undefined;
      if (before) {
        this.branch.push(before(this.ns));
        agent = this.start(this.first);
        await this.follow(agent);
        this.uids = await this.fleet.uids();
      }
      if (this.from === 'start') {
        await agent?.stop();
        agent = undefined;
        this.push();
      }
      this.first.arm(death);
      const living = agent ?? this.start(this.first);
      const working = this.goOn(living);
      await Promise.race([this.first.died, working]);
      if (!this.first.dead) {
        await living.stop();
        return;
      }
      await working;
      this.second = this.start(new MortalProcess(text => text));
      await this.goOn(this.second);
      // What is left of the dead one ends with its timers.
      const stopped = living.stop();
      this.first.bury();
      await stopped;
      expect(this.first.sentSinceDeath).toBe(0);
      expect(commits).toHaveLength(this.pushed);
    }

    public async check(expected: EndState): Promise<void> {
      const end = Date.now() + TIMEOUT_MS;
      let state = await this.fleet.state();
      while (JSON.stringify(state) !== JSON.stringify(expected) && Date.now() < end) {
        await new Promise(resolve => setTimeout(resolve, 50));
        state = await this.fleet.state();
      }
      expect(state).toEqual(expected);
      const uids = await this.fleet.uids();
      for (const [key, uid] of this.uids) {
        // What is still there was never away.
        if (uids.has(key)) expect([key, uids.get(key)]).toEqual([key, uid]);
      }
      await this.second?.stop();
      await this.fleet.remove();
    }

    private start(process: MortalProcess): RunningAgent {
      return new RunningAgent(this.branch, { kubeconfig: context.plane.kubeconfig, cluster: 'all', through: connection => process.wrap(connection) });
    }

    private push(): void {
      this.branch.push(this.history.commits[this.pushed++](this.ns));
    }

    /** Works off what is committed, and then the commits that are left. */
    private async goOn(agent: RunningAgent): Promise<void> {
      const isOver = (): boolean => agent !== this.second && this.first.dead;
      await this.follow(agent, isOver);
      while (this.pushed < this.history.commits.length && !isOver()) {
        this.push();
        agent.agent.wake();
        await this.follow(agent, isOver);
      }
    }

    private async follow(agent: RunningAgent, isOver: () => boolean = () => false): Promise<void> {
      await agent.until(() => isOver() || agent.agent.state.commit === this.branch.commit && agent.isSteady, TIMEOUT_MS);
      // What comes by a watch a moment later, as the second half of a hand-over does.
      const end = Date.now() + 200;
      await agent.until(() => isOver() || Date.now() > end && agent.isSteady, TIMEOUT_MS);
    }
  }

  test.each(HISTORIES.map(history => [history.title, history] as const))('at any request of a history is followed by another one: %s', async (title, history) => {
    const failures: string[] = [];
    const queue: { from: From; death: Death; expected: EndState; tries: number }[] = [];
    const start = Date.now();
    for (const from of history.before ? ['commit', 'start'] as const : ['start'] as const) {
      const whole = new Life(history, from);
      await whole.live();
      const expected = await whole.fleet.state();
      const { points } = whole.first;
      total.points += points.length;
      await whole.check(expected);
      queue.push(...points.flatMap(point => (['before', 'after'] as const).map(moment => ({ from, death: { point, moment }, expected, tries: 0 }))));
    }
    let deaths = 0;
    const rare: string[] = [];
    const run = async ({ from, death, expected, tries }: typeof queue[number]): Promise<void> => {
      const life = new Life(history, from);
      try {
        await life.live(death);
        await life.check(expected);
        if (life.first.dead) {
          deaths++;
        } else if (tries < RETRIES) {
          queue.push({ from, death, expected, tries: tries + 1 });
        } else {
          rare.push(`${from}, ${death.moment} ${death.point}`);
        }
      } catch (error) {
        failures.push(`${from}, ${death.moment} ${death.point}: ${error instanceof Error ? error.message : String(error)}`);
      }
    };
    // The kind of the Deliveries is made once in the life of a cluster.
    for (const next of queue.filter(({ death }) => death.point.endsWith(DEFINITION))) {
      queue.splice(queue.indexOf(next), 1);
      await context.kube.delete(DEFINITION);
      while (await context.kube.tryGet(DEFINITION)) await new Promise(resolve => setTimeout(resolve, 20));
      await run({ ...next, tries: RETRIES });
    }
    await Promise.all(Array.from({ length: AT_ONCE }, async () => {
      for (let next = queue.shift(); next; next = queue.shift()) {
        await run(next);
      }
    }));
    total.runs += deaths;
    console.info(`${title}: ${deaths} deaths in ${Math.round((Date.now() - start) / 1000)} s${rare.length > 0 ? `; repetitions that did not come again: ${rare.join(', ')}` : ''}`);
    expect(failures).toEqual([]);
    // How often a request is repeated depends on what happens at the same time; that it is sent at all does not.
    expect(rare.filter(each => !/ #\d+$/.test(each))).toEqual([]);
  }, 10 * 60_000);

  test('never deletes what the tree holds, by the log of the server', () => {
    const deletions = context.plane.auditEvents().filter(({ verb, userAgent, stage }) => verb === 'delete' && userAgent === 'cdk8s-flotilla' && stage === 'ResponseComplete');
    const wrong = deletions.filter(({ requestURI, objectRef }) => {
      const ns = /run-\d{4}/.exec(requestURI)?.[0] ?? '';
      return !fleets.get(ns)?.deletes.includes(`${objectRef?.resource}/${objectRef?.name?.replaceAll(ns, 'NS')}`);
    });
    expect(wrong.map(({ requestURI }) => requestURI)).toEqual([]);
    expect(deletions.length).toBeGreaterThan(total.runs / 8);
    console.info(`${total.runs} deaths at ${total.points} requests; ${deletions.length} deletions, none of them wrong`);
  });
});
