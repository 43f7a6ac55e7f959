import type { Command } from 'commander';
import { DeliveryPermissions } from '../bootstrap/policy-rule';
import type { ClusterDeliveries } from '../bootstrap/read-deliveries';
import { resourceNames } from '../bootstrap/resource-name';
import { rulesOfTree } from '../bootstrap/tree-rules';
import type { Discovery } from '../kube/discovery';
import { formatGroupKind } from '../tree/manifest';

/** Adds `--permissions`. */
export function withPermissions(command: Command): Command {
  return command.option(
    '--permissions <name...>',
    'ClusterRoles to deliver with, as cluster-admin (default: exactly the kinds in the cluster\'s folder of the tree)',
  );
}

/** What may be delivered: the ClusterRoles that were named, or what the tree needs. `warn` gets a sentence for what had to be guessed. */
export function deliveryPermissions(
  names: readonly string[] | undefined, tree: ClusterDeliveries | undefined, discovery: Discovery | undefined, warn: (text: string) => void,
): DeliveryPermissions {
  if (names !== undefined || tree === undefined) {
    return { clusterRoles: names ?? [] };
  }
  const find = resourceNames(tree.deliveries.flatMap(delivery => delivery.objects), discovery);
  const guessed = new Map<string, string>();
  const rules = rulesOfTree(tree.deliveries, kind => {
    const name = find(kind);
    if (name.guessed) {
      guessed.set(formatGroupKind(kind), name.plural);
    }
    return name;
  });
  if (guessed.size > 0) {
    const list = [...guessed].map(([kind, plural]) => `${kind} (${plural})`).join(', ');
    warn(`neither the tree nor a cluster tells how these kinds are called in RBAC, and it was guessed: ${list}; a cluster that serves them knows`);
  }
  return { rules };
}
