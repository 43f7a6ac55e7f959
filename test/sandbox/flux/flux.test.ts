import { writeTree, type REVISIONS } from './shop-tree';
import type { KubeObject } from '../../control-plane/client';
import { describeWithCluster } from '../../control-plane/describe-cluster';
import type { Plane } from '../../control-plane/plane';
import { SandboxPlane } from '../../control-plane/sandbox-plane';
import { waitUntil } from '../../control-plane/wait-until';
import { describeWithFlux } from '../../engines/describe-flux';
import { FluxSource, pack } from '../../engines/flux-source';
import { FLUX_NAMESPACE } from '../../engines/kustomize-controller';

const KUSTOMIZATIONS = `/apis/kustomize.toolkit.fluxcd.io/v1/namespaces/${FLUX_NAMESPACE}/kustomizations`;
const SHOP = '/api/v1/namespaces/shop';
const APPS = '/apis/apps/v1/namespaces/shop';
const CARTS = '/apis/flux.example.com/v1/namespaces/shop/carts';
const PATIENCE = { timeout: 120_000 };

jest.setTimeout(2 * PATIENCE.timeout);

interface Condition {
  readonly type: string;
  readonly status: string;
  readonly reason: string;
  readonly message: string;
}

interface KustomizationStatus {
  readonly lastAppliedRevision?: string;
  readonly lastAttemptedRevision?: string;
  readonly lastHandledReconcileAt?: string;
  readonly inventory?: { readonly entries: readonly { readonly id: string }[] };
  readonly conditions?: readonly Condition[];
}

describe('the sandbox', () => {
  let plane: SandboxPlane | undefined;
  beforeAll(async () => {
    plane = await SandboxPlane.start({ name: 'flux', controllers: true });
  });
  afterAll(() => plane?.stop());
  story(() => plane!);
});

describeWithCluster('the same story', { controllers: true }, context => story(() => context.plane));

/** One story with Flux's own deployer; each test goes on where the one before it ended. */
function story(plane: () => Plane): void {
  describeWithFlux('a tree that is reconciled', plane, () => {
    let source: FluxSource;
    beforeAll(async () => {
      source = await FluxSource.start(plane().kube);
      await source.create('shop');
      for (const each of [kustomization('base', {}), kustomization('shop', { targetNamespace: 'shop', dependsOn: [{ name: 'base' }] })]) await plane().kube.create(each);
    });
    afterAll(() => source?.stop());

    const find = (path: string) => plane().kube.tryGet(path);
    const status = async (name: string) => (await plane().kube.get(`${KUSTOMIZATIONS}/${name}`)).status as KustomizationStatus | undefined ?? {};
    const ready = async (name: string) => (await status(name)).conditions?.find(({ type }) => type === 'Ready');

    async function publish(revision: keyof typeof REVISIONS): Promise<string> {
      const artifact = await pack(writeTree(revision));
      await source.publish('shop', artifact);
      return artifact.revision;
    }

    async function applied(revision: string): Promise<void> {
      for (const name of ['base', 'shop']) {
        await waitUntil(`Flux has applied ${name}`, async () => {
          const condition = await ready(name);
          if ((await status(name)).lastAppliedRevision === revision && condition?.status === 'True') return true;
          throw new Error(JSON.stringify(condition));
        }, PATIENCE);
      }
    }

    test('is applied with what it depends on first, and becomes healthy', async () => {
      const revision = await publish('first');
      await applied(revision);
      expect((await status('base')).inventory?.entries.map(({ id }) => id).sort()).toEqual(['_carts.flux.example.com_apiextensions.k8s.io_CustomResourceDefinition', '_shop__Namespace']);
      expect((await status('shop')).inventory?.entries).toHaveLength(15);
      expect(await ready('shop')).toMatchObject({ reason: 'ReconciliationSucceeded', message: `Applied revision: ${revision}` });
      const web = await plane().kube.get(`${APPS}/deployments/web`);
      expect(web).toMatchObject({
        metadata: { generation: 1, labels: { 'kustomize.toolkit.fluxcd.io/name': 'shop', 'kustomize.toolkit.fluxcd.io/namespace': FLUX_NAMESPACE } },
        status: { availableReplicas: 2 },
      });
      expect(web.metadata.managedFields).toContainEqual(expect.objectContaining({ manager: 'kustomize-controller', operation: 'Apply' }));
      expect(await find(`${CARTS}/large`)).toMatchObject({ spec: { items: 300, currency: 'EUR' } });
      expect((await plane().kube.get(`${SHOP}/secrets/keys`)).data).toEqual({ token: 'czNjcjN0' });
      expect((await plane().kube.get('/apis/batch/v1/namespaces/shop/jobs/migrate')).status).toMatchObject({ succeeded: 1 });
    });

    test('is left alone when nothing has changed', async () => {
      const before = await versions();
      await reconcile('shop');
      expect(await versions()).toEqual(before);
    });

    test('is brought to a new revision: what changed is changed, and what left is pruned', async () => {
      await applied(await publish('second'));
      expect((await plane().kube.get(`${APPS}/deployments/web`)).spec.template.spec.containers[0].image).toBe('web:2');
      expect((await plane().kube.get(`${APPS}/deployments/api`)).metadata.generation).toBe(1);
      expect((await plane().kube.get(`${SHOP}/configmaps/settings`)).data).toEqual({ color: 'blue' });
      expect(await find(`${SHOP}/configmaps/feature`)).toBeDefined();
      for (const path of [`${SHOP}/configmaps/banner`, `${CARTS}/large`, '/apis/networking.k8s.io/v1/namespaces/shop/networkpolicies/web']) {
        await waitUntil(`${path} is pruned`, async () => await find(path) === undefined, PATIENCE);
      }
      expect((await status('shop')).inventory?.entries).toHaveLength(13);
    });

    test('is mended where somebody changed or deleted something', async () => {
      const { kube } = plane();
      await kube.patch(`${SHOP}/configmaps/settings`, { data: { color: 'green' } });
      await kube.patch(`${APPS}/deployments/web`, { spec: { replicas: 5 } });
      await kube.patch(`${SHOP}/services/web`, { spec: { ports: [{ name: 'http', port: 80, targetPort: 8081 }] } });
      await kube.delete(`${CARTS}/small`);
      await kube.delete(`${SHOP}/secrets/keys`);
      await reconcile('shop');
      expect((await kube.get(`${SHOP}/configmaps/settings`)).data).toEqual({ color: 'blue' });
      expect((await kube.get(`${APPS}/deployments/web`)).spec.replicas).toBe(2);
      expect((await kube.get(`${SHOP}/services/web`)).spec.ports).toMatchObject([{ port: 80, targetPort: 8080 }]);
      expect(await find(`${CARTS}/small`)).toMatchObject({ spec: { items: 3 } });
      expect(await find(`${SHOP}/secrets/keys`)).toBeDefined();
    });

    test('an object that the API server refuses is told in the words of the server, and nothing is changed', async () => {
      const before = await versions();
      const revision = await publish('refused');
      const told = await waitUntil('Flux tells what is refused', async () => {
        const condition = await ready('shop');
        return (await status('shop')).lastAttemptedRevision === revision && condition?.status === 'False' && condition.reason === 'ReconciliationFailed' && condition;
      }, PATIENCE);
      expect(told.message).toContain('Cart/shop/small dry-run failed (Invalid): Cart.flux.example.com "small" is invalid: spec.items: Invalid value: -1: spec.items in body should be greater than or equal to 0');
      expect(await versions()).toEqual(before);
    });

    test('goes with its Kustomizations', async () => {
      for (const name of ['shop', 'base']) {
        await plane().kube.delete(`${KUSTOMIZATIONS}/${name}`);
        await waitUntil(`${name} is gone`, async () => await find(`${KUSTOMIZATIONS}/${name}`) === undefined, PATIENCE);
      }
      await waitUntil('the namespace is gone', async () => await find(SHOP) === undefined, PATIENCE);
      await waitUntil('the definition is gone', async () => await find('/apis/apiextensions.k8s.io/v1/customresourcedefinitions/carts.flux.example.com') === undefined, PATIENCE);
    });

    /** Of what Flux applied: any write to it would count. */
    async function versions(): Promise<Record<string, string | undefined>> {
      const paths = [`${SHOP}/configmaps/settings`, `${SHOP}/secrets/keys`, `${SHOP}/services/web`, `${CARTS}/small`, `${APPS}/deployments/api`, '/apis/batch/v1/namespaces/shop/jobs/migrate'];
      return Object.fromEntries(await Promise.all(paths.map(async path => [path, (await plane().kube.get(path)).metadata.resourceVersion] as const)));
    }

    async function reconcile(name: string): Promise<void> {
      const at = new Date().toISOString();
      await plane().kube.patch(`${KUSTOMIZATIONS}/${name}`, { metadata: { annotations: { 'reconcile.fluxcd.io/requestedAt': at } } });
      await waitUntil(`Flux has reconciled ${name}`, async () => {
        const { lastHandledReconcileAt } = await status(name);
        return lastHandledReconcileAt === at && (await ready(name))?.status === 'True';
      }, PATIENCE);
    }
  });
}

function kustomization(path: string, more: object): KubeObject {
  return {
    apiVersion: 'kustomize.toolkit.fluxcd.io/v1', kind: 'Kustomization', metadata: { name: path, namespace: FLUX_NAMESPACE },
    spec: { interval: '24h', retryInterval: '2s', timeout: '1m', path: `./${path}`, prune: true, wait: true, sourceRef: { kind: 'GitRepository', name: 'shop' }, ...more },
  };
}
