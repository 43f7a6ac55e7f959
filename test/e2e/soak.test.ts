import { soak } from './soak';
import { describeWithCluster } from '../control-plane/describe-cluster';
import { useIsolatedGit } from '../git/repositories';

describeWithCluster('three minutes of random commits and random changes by others', {}, context => {
  useIsolatedGit();

  test('always lead to what the tree says, delete nothing else, and cost no memory', async () => {
    const seed = Date.now() % 1_000_000;
    const result = await soak({ plane: context.plane, seconds: 180, paceMs: 3_000, seed });
    process.stderr.write(`seed ${seed}: ${JSON.stringify(result)}\n`);
    expect(result.divergences).toEqual([]);
    expect(result.wrongDeletions).toEqual([]);
    expect(result.commits).toBeGreaterThan(20);
    expect(result.drifts).toBeGreaterThan(20);
    // The heap of Node.js still grows to its size in these minutes; a leak of the tree at each commit would be more.
    expect(result.rssToMB).toBeLessThan(1.3 * result.rssFromMB);
  }, 6 * 60_000);
});
