import { setTimeout as sleep } from 'node:timers/promises';
import { ClusterView } from './cluster-view';
import type { DemoClusters } from './clusters';
import { expect } from './expect';
import { Applied, Flotilla, Status } from './flotilla';
import { Hub } from './hub';
import { columns, Terminal } from './terminal';
import type { Workspace } from './workspace';

/** The service that gets released, and where. */
const SERVICE = 'frontend';
const OLD = 'v0.10.6';
const NEW = 'v0.10.7';
/** Nobody pushed it. */
const BROKEN = 'v0.10.8-does-not-exist';
/** Where somebody changes something by hand. */
const TOUCHED = 'prod-eu-west-1';
const LIVE = ['--repo', '../live.git', '--branch', 'live'];
const CLUSTERS = ['--kubeconfig', '../kubeconfig'];
const APPLY = ['apply', ...LIVE, ...CLUSTERS, '--wait', '--timeout', '3m'];

/** From the program to running pods, a release, and its way back: each step is checked. */
export class Story {
  private readonly flotilla: Flotilla;
  private readonly view: ClusterView;

  constructor(
    private readonly terminal: Terminal,
    private readonly workspace: Workspace,
    private readonly names: readonly string[],
    private readonly clusters: DemoClusters,
    private readonly signal: AbortSignal,
  ) {
    this.flotilla = new Flotilla(terminal, { cwd: workspace.source, signal });
    this.view = new ClusterView(clusters);
  }

  async tell(): Promise<void> {
    await this.synth();
    await this.firstApply();
    await this.status();
    await this.release();
    await this.applyRelease();
    await this.follow();
  }

  private async synth(): Promise<void> {
    this.terminal.step('Turn the program into manifests: one commit on a branch that the clusters follow');
    this.terminal.say('boutique/  the program, in a Git repository     live.git  the manifests: one folder a cluster');
    const { stdout } = await this.flotilla.run(['synth', ...LIVE]);
    this.terminal.output(stdout);
  }

  private async firstApply(): Promise<void> {
    this.terminal.step('Make nine empty clusters match it');
    const { clusters } = await this.apply();
    const objects = clusters.flatMap(cluster => cluster.targets.flatMap(target => target.objects));
    const untouched = objects.find(object => object.action !== 'created');
    expect(untouched === undefined, 'every object to be written', untouched);
    const { deployments, available, pods } = await this.view.countAvailable();
    expect(deployments > 0 && available === deployments, 'all pods of all Deployments to be available', `${available} of ${deployments}`);
    this.terminal.holds(`${objects.length} objects applied; ${deployments} Deployments with ${pods} pods are available, say the API servers`);
  }

  private async status(): Promise<void> {
    this.terminal.step('Ask how the fleet is');
    const { commit, targets } = await this.flotilla.read<Status>(['status', ...LIVE, ...CLUSTERS]);
    const rows = this.names.map(name => {
      const here = targets.filter(target => target.cluster === name);
      const ready = here.filter(target => target.ready && target.sync === 'Synced');
      expect(here.length > 0 && ready.length === here.length, `every application of ${name} to be synced and ready`, here.find(target => !ready.includes(target)));
      const commits = [...new Set(here.map(target => target.commit?.slice(0, 12) ?? 'none'))];
      expect(commits.length === 1 && commit?.startsWith(commits[0]) === true, `${name} to be at commit ${commit}`, commits);
      return [name, `${ready.length} of ${here.length}`, commits[0]];
    });
    this.terminal.output(columns([['CLUSTER', 'READY', 'COMMIT'], ...rows]));
    this.terminal.holds('every application is ready, at the same commit');
  }

  private async release(): Promise<void> {
    this.terminal.step(`Release the ${SERVICE} ${NEW}: one line of the program`);
    const change = await this.workspace.edit('versions.ts', `  ${SERVICE}: '${OLD}',`, `  ${SERVICE}: '${NEW}',`, `Release ${SERVICE} ${NEW}`);
    this.terminal.command('git diff --unified=0 && git commit --all');
    this.terminal.output(change);
    const diff = await this.flotilla.run(['diff', ...LIVE], [3]);
    this.terminal.output(diff.stdout);
    const lines = diff.stdout.trim().split('\n').length;
    expect(lines <= 5, 'the same change on nine clusters to be shown once', `${lines} lines`);
    this.terminal.output((await this.flotilla.run(['synth', ...LIVE])).stdout);
  }

  private async applyRelease(): Promise<void> {
    this.terminal.step('Apply the release');
    await this.applyOneChange();
    await this.expectTag(NEW);
    this.terminal.holds(`only the Deployment of the ${SERVICE} was written, on nine clusters; all of them run ${NEW}`);
  }

  /** From here on nobody types `apply`. */
  private async follow(): Promise<void> {
    this.terminal.step('Let a hub follow the branch, and change something by hand');
    const args = ['hub', ...LIVE, ...CLUSTERS, '--interval', '1s'];
    this.terminal.command(`flotilla ${args.join(' ')} &`);
    const hub = new Hub(args, this.workspace.source, this.signal);
    try {
      await this.drift(hub);
      if (this.clusters.pullsImages) await this.breakRelease(hub);
      await this.rollBack(hub);
    } finally {
      await hub.stop();
    }
  }

  private async drift(hub: Hub): Promise<void> {
    const wanted = await this.view.replicasOf(TOUCHED, SERVICE);
    // Drift is what happens while the hub looks: before, it would be put right as part of its first look.
    await this.until('the hub to put right what it found', hub, async () => {
      await this.view.scale(TOUCHED, SERVICE, 0);
      const since = Date.now();
      while (Date.now() - since < 2_000) {
        if (await this.view.replicasOf(TOUCHED, SERVICE) === wanted) return true;
      }
      return false;
    });
    this.terminal.command(`kubectl --context ${TOUCHED} scale deployment ${SERVICE} --replicas 0`);
    await this.view.scale(TOUCHED, SERVICE, 0);
    const since = performance.now();
    await this.until('the replicas to be as committed again', hub, async () => await this.view.replicasOf(TOUCHED, SERVICE) === wanted);
    this.terminal.holds(`the API server has ${wanted} replicas again ${Math.ceil(performance.now() - since)} ms later`);
  }

  private async breakRelease(hub: Hub): Promise<void> {
    this.terminal.step(`Release an image that nobody pushed: ${SERVICE} ${BROKEN}`);
    await this.workspace.edit('versions.ts', `  ${SERVICE}: '${NEW}',`, `  ${SERVICE}: '${BROKEN}',`, `Release ${SERVICE} ${BROKEN}`);
    this.terminal.command('git commit --all');
    this.terminal.output((await this.flotilla.run(['synth', ...LIVE])).stdout);
    const pods = (await this.view.countAvailable()).pods;
    await this.until('the failure to be told', hub, async () => (await this.readStatus()).targets.filter(isDegraded).length === this.names.length);
    const ended = await this.flotilla.run(['status', ...LIVE, ...CLUSTERS], [1]);
    this.terminal.output(ended.stdout.split('\n').filter(line => / Degraded | synced and ready/.test(line)).slice(-4).join('\n'));
    expect(pods > 0, 'pods to be there');
    this.terminal.holds('the rollout stands still and says why; the pods of the former release still serve');
  }

  private async rollBack(hub: Hub): Promise<void> {
    this.terminal.step('Take it back: git revert');
    const subject = await this.workspace.revertLive();
    this.terminal.command('git revert --no-edit HEAD && git push     (in a clone of live.git)');
    this.terminal.output(subject);
    const tag = this.clusters.pullsImages ? NEW : OLD;
    await this.until(`all clusters to run ${tag}`, hub, async () => {
      const tags = await this.view.tagsOf(SERVICE);
      const { deployments, available } = await this.view.countAvailable();
      return tags.length === 1 && tags[0] === tag && available === deployments;
    });
    this.terminal.holds(`all clusters run ${tag} again: the hub saw the commit, and did the rest`);
    await this.until('every application to be synced and ready', hub, async () => (await this.readStatus()).targets.every(({ ready, sync }) => ready && sync === 'Synced'));
    await this.status();
  }

  private async readStatus(): Promise<Status> {
    return this.flotilla.peek<Status>(['status', ...LIVE, ...CLUSTERS], [0, 1]);
  }

  private async until(what: string, hub: Hub, holds: () => Promise<boolean>, seconds = 60): Promise<void> {
    for (const end = Date.now() + seconds * 1000; !await holds();) {
      this.signal.throwIfAborted();
      expect(Date.now() < end, `${what} within ${seconds} s`, `the hub's log ends:\n${hub.log}`);
      await sleep(20);
    }
  }

  /** Applies, and expects that nothing was written but the Deployment of the released service, on every cluster. */
  private async applyOneChange(): Promise<void> {
    const before = await this.view.generations();
    const { clusters } = await this.apply();
    const changed = clusters.flatMap(({ cluster, targets }) => targets
      .flatMap(target => target.objects)
      .filter(object => object.action !== 'unchanged')
      .map(({ object, action }) => `${cluster} ${object} ${action}`));
    const wanted = this.names.map(name => `${name} Deployment.apps/boutique/${SERVICE} configured`);
    expect(JSON.stringify(changed.sort()) === JSON.stringify(wanted.sort()), 'the Deployment alone to change, on every cluster', changed);
    const moved = [...await this.view.generations()].filter(([key, generation]) => before.get(key) !== generation).map(([key]) => key);
    const onlyThat = moved.length === this.names.length && moved.every(key => key.endsWith(` ${SERVICE}`));
    expect(onlyThat, `the API servers to have seen a change of ${SERVICE} alone`, moved);
  }

  private async apply(): Promise<Applied> {
    const applied = await this.flotilla.read<Applied>(APPLY);
    const found = applied.clusters.map(({ cluster }) => cluster).sort();
    expect(JSON.stringify(found) === JSON.stringify([...this.names].sort()), 'all nine clusters', found);
    for (const { cluster, targets } of applied.clusters) {
      const unready = targets.find(target => target.ready !== true);
      expect(unready === undefined, `every application of ${cluster} to be ready`, unready?.message ?? unready);
    }
    return applied;
  }

  private async expectTag(tag: string): Promise<void> {
    const tags = await this.view.tagsOf(SERVICE);
    expect(tags.length === 1 && tags[0] === tag, `every cluster to run ${SERVICE} ${tag}`, tags);
    const { deployments, available } = await this.view.countAvailable();
    expect(available === deployments, 'all pods of all Deployments to be available', `${available} of ${deployments}`);
  }
}

function isDegraded({ application, state }: Status['targets'][number]): boolean {
  return application === SERVICE && state === 'Degraded';
}
