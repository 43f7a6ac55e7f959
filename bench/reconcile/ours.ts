import { applyFleet } from '../../lib/reconcile/apply';
import { isFine } from '../../lib/reconcile/report';
import { FolderSource } from '../../lib/tree/folder-source';
import { contend } from '../contender';

contend(async ([kubeconfig, folder]) => {
  const start = performance.now();
  const { clusters: [cluster] } = await applyFleet({ source: new FolderSource(folder), kubeconfig });
  const ms = performance.now() - start;
  if (!isFine(cluster)) {
    throw cluster.error ?? cluster.targets.flatMap(target => target.errors)[0];
  }
  return { ms, requests: cluster.requests.total, writes: cluster.requests.writes };
});
