/*
 * One process of a hub that does nothing but hold clusters; a program of its own, to be killed and frozen.
 *
 *   node --import tsx member-process.ts KUBECONFIG NAMESPACE IDENTITY CLUSTER…
 *
 * It prints a line of JSON about twenty times a second: the time, and what it holds. SIGTERM gives back and ends.
 */
import { connect } from '../../../lib/kube/connect';
import { ClusterLeases } from '../../../lib/reconcile/hub/cluster-leases';

const [kubeconfig, namespace, identity, ...clusters] = process.argv.slice(2);

async function main(): Promise<void> {
  const connection = await connect({ name: 'hub', kubeconfig, concurrency: 4 });
  const leases = new ClusterLeases({
    connection, namespace, fleet: 'shop', identity,
    onChange: () => undefined,
    onError: error => process.stderr.write(`${error.message}\n`),
  });
  const say = (): void => {
    const held = clusters.filter(cluster => leases.holds(cluster));
    process.stdout.write(`${JSON.stringify({ at: Date.now(), held, requests: connection.requests })}\n`);
  };
  leases.setClusters(clusters);
  const timer = setInterval(say, 50);
  // Input is handled before timers when a frozen process wakes.
  process.stdin.on('data', say);
  process.on('SIGTERM', () => void leases.release().then(async () => {
    clearInterval(timer);
    process.stdin.destroy();
    say();
    await connection.close();
  }));
}

void main();
