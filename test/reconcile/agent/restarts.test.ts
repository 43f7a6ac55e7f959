import { Agent } from 'node:https';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { LiveBranch } from './live-branch';
import { RunningAgent } from './running-agent';
import { Sandbox } from '../../../lib/testing';
import { httpsJson } from '../../control-plane/https-json';
import { waitUntil } from '../../control-plane/wait-until';
import { temporaryFolder, useIsolatedGit } from '../../git/repositories';
import { a, WrittenFleet } from '../written-tree';

/** How long a server is away: so that every request meets it, and so that only connections break. */
const ABSENCES = ['2s', '0ms'];
const NS = 'shop';

describe.each(ABSENCES)('an agent whose API server is away for %s', away => {
  useIsolatedGit();
  let sandbox: Sandbox;
  let agent: RunningAgent;
  const tree: WrittenFleet = {
    one: {
      kinds: { objects: [a.namespace(NS), a.crd('widgets', 'Widget')] },
      web: { objects: [a.configMap('a'), a.configMap('b'), a.widget('one')], spec: { dependsOn: ['kinds'] } },
    },
  };

  beforeEach(async () => {
    sandbox = await Sandbox.start({ controllers: false });
    const kubeconfig = join(temporaryFolder(), 'kubeconfig');
    await sandbox.writeKubeconfig(kubeconfig);
    const branch = new LiveBranch({ contexts: { one: sandbox.name } });
    agent = new RunningAgent(branch, { kubeconfig });
    await agent.deliver(branch.push(tree));
    await waitUntil('all is told', () => events().length > 0);
    // What only spares requests is written two seconds later.
    await sleep(3_000);
  });
  afterEach(async () => {
    await agent.stop();
    await sandbox.close();
  });

  const events = () => sandbox.api.list('events');
  const uids = () => ['configmaps', 'widgets.example.com', 'deliveries.cdk8s-flotilla.dev'].flatMap(resource => sandbox.api.list(resource))
    .filter(({ metadata }) => metadata.name !== 'kube-root-ca.crt').map(({ kind, metadata: { name, uid } }) => `${kind}/${name} ${uid}`).sort();
  const namesOf = (list: readonly string[]) => list.map(each => each.split(' ')[0]);

  async function restart(how: string): Promise<void> {
    const { status } = await httpsJson(new URL('/faults', sandbox.url), {
      method: 'POST', agent: new Agent({ ca: sandbox.ca }), body: `${how},for=${away}`, headers: { 'authorization': `Bearer ${sandbox.token}`, 'content-type': 'text/plain' },
    });
    expect(status).toBe(201);
    await waitUntil('the restart is over', () => sandbox.faults.list()[0].hits === 1 && !sandbox.faults.list()[0].on);
  }

  async function revision(): Promise<string> {
    const { body } = await httpsJson(new URL('/api/v1/namespaces', sandbox.url), { method: 'GET', agent: new Agent({ ca: sandbox.ca }), headers: { authorization: `Bearer ${sandbox.token}` } });
    return (body as { metadata: { resourceVersion: string } }).metadata.resourceVersion;
  }

  test('writes nothing when it comes back as it was, and heals drift as before', async () => {
    const [before, version] = [uids(), await revision()];
    await restart('restart');
    await agent.until(() => agent.isSteady);
    await sleep(4_000);
    expect([uids(), await revision()]).toEqual([before, version]);
    sandbox.api.delete('configmaps', { namespace: NS, name: 'a' });
    await waitUntil('drift is healed', () => sandbox.api.tryFind('configmaps', { namespace: NS, name: 'a' }) !== undefined, { timeout: 5_000 });
  }, 60_000);

  test('makes everything again when it comes back empty', async () => {
    const before = uids();
    await restart('restart=empty');
    await waitUntil('all is there', () => namesOf(uids()).join() === namesOf(before).join(), { timeout: 10_000 });
    expect(uids().filter(each => before.includes(each))).toEqual([]);
    const isReady = () => sandbox.api.list('deliveries.cdk8s-flotilla.dev').every(({ status }) => (
      (status as { conditions: { type: string; status: string }[] }).conditions.some(each => each.type === 'Ready' && each.status === 'True')
    ));
    await waitUntil('all is ready', isReady, { timeout: 10_000 });
    sandbox.api.delete('configmaps', { namespace: NS, name: 'a' });
    await waitUntil('drift is healed', () => sandbox.api.tryFind('configmaps', { namespace: NS, name: 'a' }) !== undefined, { timeout: 5_000 });
  }, 60_000);
});
