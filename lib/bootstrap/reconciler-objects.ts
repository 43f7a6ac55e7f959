import {
  CLUSTER_SECRET_RULES, clusterAccess, DELIVERY_RULES, EVENT_RULES, installRules, OWN_RULES, roleIn, serviceAccount,
} from './access-objects';
import { checkSettings } from './check';
import { deployment } from './deployment';
import { disruptionBudget, networkPolicy, service } from './network';
import { nameOf, namespaceOf, ReconcilerSettings, selectorOf } from './settings';
import { FlotillaError } from '../errors';
import { markedDeliveryCrd } from '../reconcile/install';
import type { Manifest } from '../tree/manifest';

/**
 * All that an agent or a hub needs in its cluster, in an order in which it can be applied: definitions, rights, network, pods.
 *
 * @throws FLT6050, FLT6051 for settings that cannot be, all at once
 */
export function reconcilerObjects(settings: ReconcilerSettings): Manifest[] {
  const errors = checkSettings(settings);
  if (errors.length > 0) {
    throw FlotillaError.all(errors);
  }
  const labels = { ...selectorOf(settings), 'app.kubernetes.io/managed-by': 'cdk8s-flotilla' };
  return [
    ...definitions(settings, labels),
    ...rights(settings, labels),
    service(settings, labels),
    networkPolicy(settings, labels),
    ...disruptionBudget(settings, labels),
    deployment(settings, labels),
  ];
}

/** A namespace in which nothing may run that the strictest Pod Security Standard refuses. */
export function namespaceObject(name: string): Manifest {
  return { apiVersion: 'v1', kind: 'Namespace', metadata: { name, labels: { 'pod-security.kubernetes.io/enforce': 'restricted' } } };
}

function definitions(settings: ReconcilerSettings, labels: Record<string, string>): Manifest[] {
  const own = namespaceOf(settings);
  // A hub keeps its Deliveries in the clusters that it serves: `cluster add` brings the definition there.
  if (settings.mode === 'hub') {
    return [namespaceObject(own)];
  }
  const deliveries = settings.deliveriesNamespace ?? own;
  const others: Manifest[] = deliveries === own ? [] : [{ apiVersion: 'v1', kind: 'Namespace', metadata: { name: deliveries, labels } }];
  return [namespaceObject(own), ...others, markedDeliveryCrd()];
}

function rights(settings: ReconcilerSettings, labels: Record<string, string>): Manifest[] {
  const namespace = namespaceOf(settings);
  const grantee = { name: nameOf(settings), namespace, labels };
  if (settings.mode === 'hub') {
    return [serviceAccount(grantee), ...roleIn(namespace, [...OWN_RULES, ...CLUSTER_SECRET_RULES], grantee)];
  }
  const deliveries = settings.deliveriesNamespace ?? namespace;
  return [
    serviceAccount(grantee),
    ...(deliveries === namespace
      ? roleIn(namespace, [...OWN_RULES, ...DELIVERY_RULES], grantee)
      : [...roleIn(namespace, OWN_RULES, grantee), ...roleIn(deliveries, [...DELIVERY_RULES, ...EVENT_RULES], grantee, '-deliveries')]),
    ...clusterAccess(installRules(deliveries), settings.permissions ?? { rules: [] }, grantee),
  ];
}
