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
});
