import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { ApiObject } from 'cdk8s';
import { boutique } from '../../examples/boutique/main';
import { Application } from '../../lib';
import type { ApplyResult } from '../../lib/reconcile/apply';
import type { FleetStatus } from '../../lib/reconcile/status';
import { parseYaml } from '../../lib/yaml/parse';
import { flotilla } from '../cli/flotilla';
import { describeWithCluster } from '../control-plane/describe-cluster';
import { startFleet, StartedFleet } from '../control-plane/fleet';
import { kubectl } from '../control-plane/kubectl';
import { temporaryFolder } from '../temporary-folder';

const CLUSTERS = ['dev', 'staging', 'prod'].flatMap(environment => ['us-west-2', 'us-east-1', 'eu-west-1'].map(region => `${environment}-${region}`));

type Json = null | boolean | number | string | Json[] | { [key: string]: Json };

/** Fields of `committed` that `live` does not have in the same form; what the server added is no difference. */
function differences(committed: Json, live: Json | undefined, path = ''): string[] {
  if (Array.isArray(committed)) {
    return Array.isArray(live) && live.length === committed.length
      ? committed.flatMap((item, i) => differences(item, live[i], `${path}[${i}]`))
      : [`${path}: ${JSON.stringify(committed)} became ${JSON.stringify(live)}`];
  }
  if (committed !== null && typeof committed === 'object') {
    return Object.entries(committed).flatMap(([key, value]) => differences(value, (live as Record<string, Json> | undefined)?.[key], `${path}.${key}`));
  }
  return committed === live ? [] : [`${path}: ${JSON.stringify(committed)} became ${JSON.stringify(live)}`];
}

function manifestsBelow(folder: string): { file: string; manifest: Json }[] {
  return readdirSync(folder, { recursive: true, withFileTypes: true }).filter(entry => entry.isFile()).map(entry => {
    const file = join(entry.parentPath, entry.name);
    return { file, manifest: parseYaml(readFileSync(file, 'utf8'), file) as Json };
  });
}

function changed(result: ApplyResult): string[] {
  return result.clusters.flatMap(({ cluster, targets }) => targets.flatMap(target => target.objects
    .filter(each => each.action !== 'unchanged').map(each => `${cluster} ${each.action} ${each.object}`)));
}

// The block's own cluster is not used: it decides whether there is a control plane at all.
describeWithCluster('nine clusters', { controllers: true }, () => {
  let planes: StartedFleet;
  let dist: string;
  beforeAll(async () => {
    planes = await startFleet(CLUSTERS, { controllers: true });
    dist = temporaryFolder();
  }, 10 * 60_000);
  afterAll(() => planes?.stop(), 120_000);

  const kubeconfig = (): string[] => ['--kubeconfig', planes.kubeconfig];

  async function apply(...more: string[]): Promise<{ code: number; result: ApplyResult }> {
    const { code, out, err } = await flotilla(['apply', '--dir', dist, ...kubeconfig(), '--timeout', '4m', '-o', 'json', ...more]);
    expect(err).toBe('');
    return { code, result: JSON.parse(out) as ApplyResult };
  }

  test('become what was committed, object by object', async () => {
    boutique().synth({ outdir: dist });
    const { code, result } = await apply('--wait');
    expect(result.clusters.flatMap(({ targets }) => targets.flatMap(target => target.errors))).toEqual([]);
    expect(result.clusters.map(({ cluster, error, targets }) => [cluster, error, targets.every(target => target.ready)]))
      .toEqual([...CLUSTERS].sort().map(cluster => [cluster, undefined, true]));
    expect(code).toBe(0);

    for (const cluster of CLUSTERS) {
      const folder = join(dist, 'clusters', cluster);
      const applications = readdirSync(folder, { withFileTypes: true }).filter(entry => entry.isDirectory()).map(entry => join(folder, entry.name));
      const text = await kubectl(['get', '--context', cluster, '-o', 'json', '-R', ...applications.flatMap(path => ['-f', path])], kubectlOptions());
      const live = new Map((JSON.parse(text) as { items: LiveItem[] }).items.map(item => [key(item), item]));
      const committed = applications.flatMap(manifestsBelow);
      expect(committed.length).toBeGreaterThan(40);
      for (const { file, manifest } of committed) {
        expect([file, differences(manifest, live.get(key(manifest as unknown as LiveItem)) as unknown as Json)]).toEqual([file, []]);
      }
    }
  }, 6 * 60_000);

  test('are all ready at the same commit', async () => {
    const { code, out } = await flotilla(['status', '--dir', dist, ...kubeconfig(), '-o', 'json']);
    const status = JSON.parse(out) as FleetStatus;
    expect(status.targets.filter(target => target.sync !== 'Synced' || !target.ready)).toEqual([]);
    expect(new Set(status.targets.map(target => target.cluster)).size).toBe(9);
    expect(code).toBe(0);
  });

  test('get no write from a second apply', async () => {
    const { code, result } = await apply('--wait');
    expect(changed(result)).toEqual([]);
    expect(result.clusters.map(cluster => cluster.requests.writes)).toEqual(CLUSTERS.map(() => 0));
    expect(code).toBe(0);
  });

  test('lose an object that left the model, and only that; an object of somebody else with a similar name stays', async () => {
    synthWith(['extra', 'extra-stays']);
    expect(changed((await apply()).result)).toHaveLength(18);
    const similar = 'apiVersion: v1\nkind: ConfigMap\nmetadata: {name: extra-2, namespace: boutique}\n';
    for (const cluster of CLUSTERS) {
      await kubectl(['create', '--context', cluster, '-f', '-'], { ...kubectlOptions(), stdin: similar });
    }
    synthWith(['extra-stays']);
    expect(changed((await apply()).result)).toEqual([...CLUSTERS].sort().map(cluster => `${cluster} pruned ConfigMap/boutique/extra`));
    for (const cluster of CLUSTERS) {
      const names = await kubectl(['get', 'configmaps', '--context', cluster, '-n', 'boutique', '-o', 'name'], kubectlOptions());
      expect(names.split('\n').filter(name => name.includes('/extra'))).toEqual(['configmap/extra-2', 'configmap/extra-stays']);
    }
  }, 4 * 60_000);

  test('eight of them are finished and reported when one does not answer', async () => {
    const [dead, ...alive] = [...CLUSTERS].sort();
    await planes.planes.get(dead)?.stopApiServer();
    synthWith(['extra-stays', 'extra-late']);
    const { code, result } = await apply();
    expect(code).toBe(1);
    expect(result.clusters[0]).toMatchObject({ cluster: dead, targets: [], error: { code: 'FLT5003', what: expect.stringContaining(dead) } });
    expect(changed(result)).toEqual(alive.map(cluster => `${cluster} created ConfigMap/boutique/extra-late`));
    expect(result.clusters.slice(1).map(({ error }) => error)).toEqual(alive.map(() => undefined));
  }, 60_000);

  /** The shop, and an application of so many ConfigMaps. */
  function synthWith(names: readonly string[]): void {
    const fleet = boutique();
    new Application(fleet, 'extra', {
      namespace: 'boutique',
      placement: {},
      render: chart => names.forEach(name => new ApiObject(chart, name, { apiVersion: 'v1', kind: 'ConfigMap', metadata: { name } })),
    });
    fleet.synth({ outdir: dist });
  }

  interface LiveItem { readonly apiVersion: string; readonly kind: string; readonly metadata: { readonly name: string; readonly namespace?: string } }

  function key({ apiVersion, kind, metadata }: LiveItem): string {
    return [apiVersion.split('/').slice(0, -1).join(), kind, metadata.namespace ?? '', metadata.name].join('/');
  }

  function kubectlOptions(): { kubeconfig: string } {
    return { kubeconfig: planes.kubeconfig };
  }
});
