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
    // What Node.js takes from the machine still grows to its size in these minutes; what is alive does not.
    expect(result.heapToMB).toBeLessThan(1.25 * result.heapFromMB);
    expect(result.rssToMB).toBeLessThan(1.5 * result.rssFromMB);
  }, 6 * 60_000);
});
