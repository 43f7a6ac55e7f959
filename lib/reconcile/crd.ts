import { PARENT_TYPE_LABEL } from './applyset';
import type { Manifest } from '../tree/manifest';
import { GROUP } from '../tree/names';

const text = { type: 'string' };
const texts = { 'type': 'array', 'items': text, 'x-kubernetes-list-type': 'atomic' };
const open = { 'type': 'object', 'x-kubernetes-preserve-unknown-fields': true };

const CONDITION = {
  type: 'object',
  required: ['type', 'status', 'reason', 'message', 'lastTransitionTime'],
  properties: {
    type: text, status: { type: 'string', enum: ['True', 'False', 'Unknown'] }, reason: text, message: text,
    lastTransitionTime: { type: 'string', format: 'date-time' },
  },
};

const time = { type: 'string', format: 'date-time' };
const FAILURE = { type: 'object', required: ['object', 'code', 'message'], properties: { object: text, code: text, message: text, since: time } };
const APPLIED = { type: 'object', required: ['revision', 'time'], properties: { revision: text, commit: text, time } };
const FIGHT = { type: 'object', required: ['object', 'since'], properties: { object: text, writer: text, since: time } };

const STATUS = {
  type: 'object',
  properties: {
    revision: { ...text, description: 'Git tree id that was last applied whole.' },
    observedRevision: { ...text, description: 'Git tree id that was last tried.' },
    commit: { ...text, description: 'Commit in which that tree was first seen.' },
    conditions: { 'type': 'array', 'items': CONDITION, 'x-kubernetes-list-type': 'atomic' },
    objects: { type: 'integer', description: 'Number of objects in the inventory.' },
    ready: { type: 'integer', description: 'Number of objects that are ready.' },
    lastAppliedTime: time,
    history: { 'type': 'array', 'items': APPLIED, 'x-kubernetes-list-type': 'atomic', 'description': 'The last revisions that were applied whole, the newest first.' },
    fights: { 'type': 'array', 'items': FIGHT, 'x-kubernetes-list-type': 'atomic', 'description': 'Objects that another writer keeps changing back.' },
    failures: { 'type': 'array', 'items': FAILURE, 'x-kubernetes-list-type': 'atomic' },
    held: { type: 'object', properties: { digest: text, objects: texts }, description: 'Deletions that wait for an approval in Git.' },
    inventory: { ...texts, description: 'One line an object: identity, uid, hash of the file, fingerprint of our fields, mark of others.' },
  },
};

const COLUMNS = [
  { name: 'Ready', type: 'string', jsonPath: '.status.conditions[?(@.type=="Ready")].status' },
  { name: 'Reason', type: 'string', jsonPath: '.status.conditions[?(@.type=="Ready")].reason' },
  { name: 'Objects', type: 'integer', jsonPath: '.status.objects' },
  { name: 'Commit', type: 'string', jsonPath: '.status.commit' },
  { name: 'Revision', type: 'string', jsonPath: '.status.revision', priority: 1 },
  { name: 'Message', type: 'string', jsonPath: '.status.conditions[?(@.type=="Ready")].message', priority: 1 },
  { name: 'Age', type: 'date', jsonPath: '.metadata.creationTimestamp' },
];

/**
 * The kind of the Deliveries in a cluster.
 *
 * It has no status subresource, as Argo CD's Application has none: what was applied and what became of it change
 * together, in one request, so that a crash leaves either both or neither.
 */
export function deliveryCrd(): Manifest {
  return {
    apiVersion: 'apiextensions.k8s.io/v1',
    kind: 'CustomResourceDefinition',
    metadata: { name: `deliveries.${GROUP}`, labels: { [PARENT_TYPE_LABEL]: 'true' } },
    spec: {
      group: GROUP,
      scope: 'Namespaced',
      names: { kind: 'Delivery', listKind: 'DeliveryList', plural: 'deliveries', singular: 'delivery', categories: ['flotilla'] },
      versions: [{
        name: 'v1alpha1',
        served: true,
        storage: true,
        additionalPrinterColumns: COLUMNS,
        schema: {
          openAPIV3Schema: {
            type: 'object',
            description: 'One application on one cluster: the parent of the set of its objects, and what became of it.',
            properties: { apiVersion: text, kind: text, metadata: { type: 'object' }, spec: open, status: STATUS },
          },
        },
      }],
    },
  };
}
