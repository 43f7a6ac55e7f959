import { clusterAccess, DELIVERY_RULES, EVENT_RULES, Grantee, installRules, roleIn, serviceAccount } from './access-objects';
import type { DeliveryPermissions } from './policy-rule';
import { namespaceObject } from './reconciler-objects';
import { markedDeliveryCrd } from '../reconcile/install';
import type { Manifest } from '../tree/manifest';

/** What a hub is called in the clusters that it serves. */
export const SPOKE_ACCOUNT = 'flotilla-spoke';

/** On all objects of a hub in a cluster that it serves. */
export const SPOKE_LABELS = {
  'app.kubernetes.io/name': 'cdk8s-flotilla', 'app.kubernetes.io/component': 'spoke', 'app.kubernetes.io/managed-by': 'cdk8s-flotilla',
};

/** Whom a hub is in a cluster that it serves. */
export function spokeGrantee(namespace: string): Grantee {
  return { name: SPOKE_ACCOUNT, namespace, labels: SPOKE_LABELS };
}

/** What a hub needs in a cluster that it serves: a ServiceAccount with rights, and a place for its records. Its token is made apart. */
export function spokeObjects(namespace: string, permissions: DeliveryPermissions): Manifest[] {
  const grantee = spokeGrantee(namespace);
  return [
    namespaceObject(namespace),
    markedDeliveryCrd(),
    serviceAccount(grantee),
    ...roleIn(namespace, [...DELIVERY_RULES, ...EVENT_RULES], grantee),
    ...clusterAccess(installRules(namespace), permissions, grantee),
  ];
}
