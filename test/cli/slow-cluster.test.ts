import { spawn } from 'node:child_process';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { applyFleet } from '../../lib/reconcile/apply';
import { FolderSource } from '../../lib/tree/folder-source';
import { describeWithCluster } from '../control-plane/describe-cluster';
import { writeKubeconfig } from '../control-plane/kubeconfig';
import { a, writeTree } from '../reconcile/written-tree';
import { temporaryFolder } from '../temporary-folder';

const MAIN = join(__dirname, '..', '..', 'build', 'cli', 'main.js');

describeWithCluster('a cluster that accepts connections and answers nothing', { clusters: ['good', 'frozen'] }, context => {
  let kubeconfig: string;
  beforeAll(() => {
    kubeconfig = join(temporaryFolder(), 'kubeconfig');
    writeFileSync(kubeconfig, '');
    writeKubeconfig(kubeconfig, [context.findPlane('good'), context.findPlane('frozen')]);
    context.findPlane('frozen').freeze();
  });
  afterAll(() => context.findPlane('frozen').thaw());

  const dir = (ns: string): string => {
    const web = { objects: [a.namespace(ns), a.configMap('a', undefined, ns)] };
    return writeTree({ good: { web }, frozen: { web } }, { fleet: ns, namespace: `flotilla-${ns}` });
  };

  test('delays no other, and is named', async () => {
    const order: string[] = [];
    const start = Date.now();
    let good = Infinity;
    const result = await applyFleet({
      source: new FolderSource(dir('slow')), kubeconfig,
      onCluster: ({ cluster }) => {
        order.push(cluster);
        good = cluster === 'good' ? Date.now() - start : good;
      },
    });
    expect(order).toEqual(['good', 'frozen']);
    expect(good).toBeLessThan((Date.now() - start) / 2);
    expect(result.clusters.map(({ cluster, error }) => [cluster, error?.code])).toEqual([['frozen', 'FLT5003'], ['good', undefined]]);
  }, 4 * 60_000);

  test('does not keep Ctrl-C from ending an apply', async () => {
    const child = spawn(process.execPath, [MAIN, 'apply', '--dir', dir('stop'), '--kubeconfig', kubeconfig], { stdio: ['ignore', 'pipe', 'pipe'] });
    let err = '';
    child.stderr.on('data', data => { err += String(data); });
    const ended = new Promise<number | null>(resolve => child.on('close', resolve));
    // Long enough to be in the middle of the waiting.
    await sleep(3000);
    const start = Date.now();
    child.kill('SIGINT');
    expect(await ended).toBe(130);
    expect(Date.now() - start).toBeLessThan(5000);
    expect(err).toContain('run the same command again to go on');
  });
});
