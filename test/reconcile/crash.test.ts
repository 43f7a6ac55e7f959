import { spawn } from 'node:child_process';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { KillingProxy, Moment } from './killing-proxy';
import { a, WrittenFleet, writeTree } from './written-tree';
import { applyFleet } from '../../lib/reconcile/apply';
import { applySetId } from '../../lib/reconcile/applyset';
import { FolderSource } from '../../lib/tree/folder-source';
import { formatIdentity, identityOf, Manifest } from '../../lib/tree/manifest';
import { describeWithCluster } from '../control-plane/describe-cluster';
import { temporaryFolder } from '../temporary-folder';

const MAIN = join(__dirname, '..', '..', 'build', 'cli', 'main.js');

/** What the cluster has before the run that is killed: two applications, one of which will give an object to the other. */
function before(ns: string): WrittenFleet[string] {
  return {
    web: {
      objects: [a.namespace(ns), a.configMap('stays', undefined, ns), a.configMap('changes', { key: '1' }, ns), a.configMap('moves', undefined, ns),
        a.configMap('leaves', undefined, ns), a.service('web', ns), a.deployment('web', undefined, ns)],
    },
    api: { objects: [a.configMap('api', undefined, ns), a.configMap('api-2', undefined, ns), a.configMap('api-3', undefined, ns)] },
  };
}

/** What it shall have: new objects, a new definition with an object of it, changed ones, one that moved, two that left. */
function after(ns: string): WrittenFleet[string] {
  return {
    web: {
      objects: [a.namespace(ns), a.configMap('stays', undefined, ns), a.configMap('changes', { key: '2' }, ns), a.service('web', ns),
        a.deployment('web', 'registry.example/web:2', ns), a.configMap('new', undefined, ns), a.crd('gears', 'Gear', `${ns}.example`),
        { apiVersion: `${ns}.example/v1`, kind: 'Gear', metadata: { name: 'gear', namespace: ns }, spec: { size: 1 } }],
    },
    api: { objects: [a.configMap('api', undefined, ns), a.configMap('api-2', undefined, ns), a.configMap('moves', undefined, ns)] },
    fresh: { objects: [a.configMap('fresh', undefined, ns), a.service('fresh', ns)] },
  };
}

describeWithCluster('an apply that is killed', { clusters: ['one'] }, context => {
  let proxy: KillingProxy;
  let kubeconfig: string;
  beforeAll(async () => {
    proxy = await KillingProxy.start(context.plane);
    kubeconfig = join(temporaryFolder(), 'kubeconfig');
    writeFileSync(kubeconfig, JSON.stringify({
      'apiVersion': 'v1', 'kind': 'Config', 'current-context': 'one',
      'clusters': [{ name: 'one', cluster: { server: proxy.url } }],
      'users': [{ name: 'admin', user: { token: context.plane.token } }],
      'contexts': [{ name: 'one', context: { cluster: 'one', user: 'admin' } }],
    }));
  });
  afterAll(() => proxy.stop());

  /** Runs `flotilla apply` as a process of its own; resolves with its exit code, or the signal that ended it. */
  async function apply(folder: string, kill?: { number: number; moment: Moment }): Promise<string> {
    const child = spawn(process.execPath, [MAIN, 'apply', '--dir', folder, '--kubeconfig', kubeconfig], { stdio: ['ignore', 'pipe', 'pipe'] });
    let output = '';
    child.stdout.on('data', data => { output += String(data); });
    child.stderr.on('data', data => { output += String(data); });
    proxy.arm(kill && { ...kill, strike: () => child.kill('SIGKILL') });
    return new Promise(resolve => child.on('close', (code, signal) => resolve(signal ?? (code === 0 ? 'fine' : `exit ${code}: ${output}`))));
  }

  /** Runs it in this process, which is quicker; tells the error, if there is one, and what became of the applications. */
  async function applyHere(folder: string): Promise<[unknown, string[]]> {
    const { clusters: [{ error, targets }] } = await applyFleet({ source: new FolderSource(folder), kubeconfig });
    return [error, [...new Set(targets.map(target => target.outcome))].sort()];
  }

  async function install(ns: string): Promise<{ readonly folder: string; readonly uids: Map<string, string | undefined> }> {
    const options = { fleet: ns, namespace: `flotilla-${ns}` };
    const first = await applyFleet({ source: new FolderSource(writeTree({ one: before(ns) }, options)), kubeconfig });
    expect([first.clusters[0].error, first.clusters[0].targets.map(target => target.outcome)]).toEqual([undefined, ['applied', 'applied']]);
    return { folder: writeTree({ one: after(ns) }, options), uids: await uidsOf(before(ns)) };
  }

  async function uidsOf(tree: WrittenFleet[string]): Promise<Map<string, string | undefined>> {
    const objects = Object.values(tree).flatMap(application => application.objects);
    return new Map(await Promise.all(objects.map(async object => [
      formatIdentity(identityOf(object)), (await context.kube.find(object as never))?.metadata.uid,
    ] as const)));
  }

  /** The tree is there as it shall be, nothing else of ours is, and what was there before was never deleted. */
  async function check(ns: string, uids: ReadonlyMap<string, string | undefined>): Promise<void> {
    const wanted = after(ns);
    for (const [application, { objects }] of Object.entries(wanted)) {
      for (const object of objects) {
        const live = await context.kube.find(object as never);
        expect([ns, formatIdentity(identityOf(object)), live?.metadata.labels?.['applyset.kubernetes.io/part-of']])
          .toEqual([ns, formatIdentity(identityOf(object)), applySetId(application, `flotilla-${ns}`)]);
        expect(live).toMatchObject(object.kind === 'ConfigMap' ? { data: object.data } : {});
      }
    }
    for (const [key, uid] of await uidsOf(wanted)) {
      expect([key, uid]).toEqual([key, uids.get(key) ?? uid]);
    }
    const names = (await context.kube.list(`/api/v1/namespaces/${ns}/configmaps`)).map(each => each.metadata.name);
    expect(names).toEqual(['api', 'api-2', 'changes', 'fresh', 'moves', 'new', 'stays']);
  }

  test('after any of its requests is started again, converges, and deletes nothing that the tree holds', async () => {
    const whole = await install('crash-0');
    expect(await apply(whole.folder)).toBe('fine');
    const count = proxy.seen.length;
    await check('crash-0', whole.uids);
    expect(count).toBeGreaterThan(25);

    let runs = 0;
    const kept = new Set(Object.values(after('NS')).flatMap(({ objects }: { objects: readonly Manifest[] }) => objects.map(object => object.metadata.name)));
    for (const moment of ['after', 'before'] as const) {
      // What runs at the same time is not always in the same order, so a run may have a request more.
      for (let number = 1; number <= count + 2; number++) {
        const ns = `crash-${moment}-${number}`;
        const { folder, uids } = await install(ns);
        const ended = await apply(folder, { number, moment });
        const deleted = proxy.seen.filter(({ method }) => method === 'DELETE').map(({ url }) => new URL(url, proxy.url).pathname.split('/').pop());
        expect(deleted.filter(name => kept.has(name ?? ''))).toEqual([]);
        expect(['SIGKILL', ...(number >= count - 2 ? ['fine'] : [])]).toContain(ended);
        proxy.arm();
        const [error, outcomes] = await applyHere(folder);
        expect([error, outcomes.filter(outcome => outcome !== 'applied' && outcome !== 'unchanged')]).toEqual([undefined, []]);
        await check(ns, uids);
        proxy.arm();
        expect(await applyHere(folder)).toEqual([undefined, ['unchanged']]);
        expect(proxy.seen.filter(({ method }) => method !== 'GET')).toEqual([]);
        runs++;
      }
    }
    console.info(`${runs} runs were killed, at ${count} requests`);
  }, 20 * 60_000);
});
