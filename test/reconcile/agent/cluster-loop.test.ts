import type { Connection } from '../../../lib/kube/connection';
import { ClusterLoop } from '../../../lib/reconcile/agent/cluster-loop';
import type { AgentEvent } from '../../../lib/reconcile/agent/events';
import type { LoadedCluster } from '../../../lib/reconcile/load';

describe('the loop of a cluster', () => {
  test('tells what it does not know as an error of that cluster, and tries again', async () => {
    const events: AgentEvent[] = [];
    const end = new AbortController();
    const loop = new ClusterLoop({
      cluster: 'one', auditMs: 0, signal: end.signal, listener: event => events.push(event),
      connect: async () => { throw new TypeError('nobody thought of this'); },
    });
    loop.setTree({ name: 'one', access: {} } as LoadedCluster);
    for (const until = Date.now() + 20_000; events.length < 2 && Date.now() < until;) await new Promise(resolve => setTimeout(resolve, 20));
    expect(events.map(event => event.type === 'connection' && [event.state, event.error?.code, (event.error?.cause as Error).message]))
      .toEqual([['down', 'FLT5007', 'nobody thought of this'], ['down', 'FLT5007', 'nobody thought of this']]);
    expect(loop.state).toMatchObject({ cluster: 'one', state: 'down' });
    await loop.stop();
  });

  test('takes another way when the tree names one while the former is being opened', async () => {
    const [asked, closed, requests]: string[][] = [[], [], []];
    const end = new AbortController();
    let open!: () => void;
    const slow = new Promise<void>(resolve => { open = resolve; });
    const loop = new ClusterLoop({
      cluster: 'one', auditMs: 0, signal: end.signal, listener: () => undefined,
      connect: async ({ access: { context = '' } }) => {
        asked.push(context);
        if (context === 'former') await slow;
        return {
          request: async () => {
            requests.push(context);
            throw new TypeError('enough');
          },
          close: async () => void closed.push(context),
        } as unknown as Connection;
      },
    });
    loop.setTree({ name: 'one', access: { context: 'former' } } as LoadedCluster);
    loop.setTree({ name: 'one', access: { context: 'next' } } as LoadedCluster);
    open();
    for (const until = Date.now() + 20_000; closed.length < 2 && Date.now() < until;) await new Promise(resolve => setTimeout(resolve, 20));
    expect([asked.slice(0, 2), closed.slice(0, 2), requests.includes('former')]).toEqual([['former', 'next'], ['former', 'next'], false]);
    await loop.stop();
  });
});
