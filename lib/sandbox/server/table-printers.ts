import type { Json, JsonMap, StoredObject } from '../json';
import type { Column } from './table';
import { age } from './table-age';
import { accessModes, count, entries, formatLabels, formatSelector, map, maps, text } from './table-cells';
import { AGE, NAME } from './table-identity';
import { METRIC_COLUMNS } from './table-metrics';
import { NETWORK } from './table-network';
import { WORKLOADS } from './table-workloads';

const spec = (object: StoredObject) => map(object.spec);
const status = (object: StoredObject) => map(object.status);
const column = (name: string, cell: Column['cell']): Column => ({ name, cell });
const wide = (name: string, cell: Column['cell']): Column => ({ name, priority: 1, cell });
const number = (name: string, cell: Column['cell']): Column => ({ name, type: 'integer', cell });
const flag = (name: string, cell: Column['cell']): Column => ({ name, type: 'boolean', cell });

/** The columns of the kinds that have their own, by what they are stored as. */
export const PRINTERS: Readonly<Record<string, readonly Column[]>> = {
  ...WORKLOADS,
  ...NETWORK,
  'configmaps': [NAME, column('Data', ({ data, binaryData }) => entries(data) + entries(binaryData)), AGE],
  'secrets': [NAME, column('Type', ({ type }) => text(type)), column('Data', ({ data }) => entries(data)), AGE],
  'serviceaccounts': [NAME, AGE],
  'namespaces': [NAME, column('Status', object => text(status(object).phase)), AGE],
  'nodes': [
    NAME, column('Status', nodeStatus), column('Roles', nodeRoles), AGE,
    column('Version', object => text(map(status(object).nodeInfo).kubeletVersion)),
    wide('Internal-IP', object => nodeAddress(object, 'InternalIP')), wide('External-IP', object => nodeAddress(object, 'ExternalIP')),
    wide('OS-Image', object => text(map(status(object).nodeInfo).osImage, '<unknown>')),
    wide('Kernel-Version', object => {
      const { kernelVersion, architecture } = map(status(object).nodeInfo);
      return `${text(kernelVersion, '<unknown>')}${text(architecture) ? ` (${text(architecture)})` : ''}`;
    }),
    wide('Container-Runtime', object => text(map(status(object).nodeInfo).containerRuntimeVersion, '<unknown>')),
  ],
  'persistentvolumeclaims': [
    NAME, column('Status', volumePhase), column('Volume', object => text(spec(object).volumeName)),
    column('Capacity', object => (spec(object).volumeName ? text(map(status(object).capacity).storage, '0') : '')),
    column('Access Modes', object => (spec(object).volumeName ? accessModes(status(object).accessModes) : '')),
    column('StorageClass', object => text(map(object.metadata.annotations)['volume.beta.kubernetes.io/storage-class'], text(spec(object).storageClassName))),
    column('VolumeAttributesClass', object => text(spec(object).volumeAttributesClassName, '<unset>')), AGE,
    wide('VolumeMode', object => text(spec(object).volumeMode, '<unset>')),
  ],
  'persistentvolumes': [
    NAME, column('Capacity', object => text(map(spec(object).capacity).storage, '0')), column('Access Modes', object => accessModes(spec(object).accessModes)),
    column('Reclaim Policy', object => text(spec(object).persistentVolumeReclaimPolicy)), column('Status', volumePhase),
    column('Claim', object => {
      const claim = spec(object).claimRef;
      return claim === undefined ? '' : `${text(map(claim).namespace)}/${text(map(claim).name)}`;
    }),
    column('StorageClass', object => text(map(object.metadata.annotations)['volume.beta.kubernetes.io/storage-class'], text(spec(object).storageClassName))),
    column('VolumeAttributesClass', object => text(spec(object).volumeAttributesClassName, '<unset>')), column('Reason', object => text(status(object).reason)), AGE,
    wide('VolumeMode', object => text(spec(object).volumeMode, '<unset>')),
  ],
  'podtemplates': [
    NAME, column('Containers', ({ template }) => maps(map(map(template).spec).containers).map(each => text(each.name)).join(',')),
    column('Images', ({ template }) => maps(map(map(template).spec).containers).map(each => text(each.image)).join(',')),
    column('Pod Labels', ({ template }) => formatLabels(map(map(template).metadata).labels)),
  ],
  'resourcequotas': [NAME, column('Request', object => quota(object, false)), column('Limit', object => quota(object, true)), AGE],
  'events': [
    column('Last Seen', lastSeen), column('Type', ({ type }) => text(type)), column('Reason', ({ reason }) => text(reason)),
    column('Object', ({ involvedObject }) => `${text(map(involvedObject).kind).toLowerCase()}${text(map(involvedObject).name) ? `/${text(map(involvedObject).name)}` : ''}`),
    wide('Subobject', ({ involvedObject }) => text(map(involvedObject).fieldPath)), wide('Source', eventSource),
    column('Message', ({ message }) => text(message).trim()), wide('First Seen', firstSeen),
    wide('Count', event => (event.series ? count(map(event.series).count) : count(event.count) || 1)), { ...NAME, priority: 1 },
  ],
  'horizontalpodautoscalers.autoscaling': METRIC_COLUMNS,
  'apiservices.apiregistration.k8s.io': [
    NAME, column('Service', object => (spec(object).service ? `${text(map(spec(object).service).namespace)}/${text(map(spec(object).service).name)}` : 'Local')),
    column('Available', object => {
      const condition = maps(status(object).conditions).find(each => each.type === 'Available');
      return condition === undefined ? 'Unknown' : condition.status === 'True' ? 'True' : `${text(condition.status)} (${text(condition.reason)})`;
    }), AGE,
  ],
  'controllerrevisions.apps': [
    NAME, column('Controller', ({ metadata }) => owner(metadata)), column('Revision', ({ revision }) => count(revision)), AGE,
  ],
  'certificatesigningrequests.certificates.k8s.io': [
    NAME, AGE, column('SignerName', object => text(spec(object).signerName)), column('Requestor', object => text(spec(object).username)),
    column('RequestedDuration', object => (typeof spec(object).expirationSeconds === 'number' ? `${count(spec(object).expirationSeconds)}s` : '<none>')),
    column('Condition', object => requestCondition(object)),
  ],
  'poddisruptionbudgets.policy': [
    NAME, column('Min Available', object => text(spec(object).minAvailable, 'N/A')), column('Max Unavailable', object => text(spec(object).maxUnavailable, 'N/A')),
    number('Allowed Disruptions', object => count(status(object).disruptionsAllowed)), AGE,
  ],
  'rolebindings.rbac.authorization.k8s.io': bindingColumns(),
  'clusterrolebindings.rbac.authorization.k8s.io': bindingColumns(),
  'storageclasses.storage.k8s.io': [
    { ...NAME, cell: ({ metadata }) => `${metadata.name}${map(metadata.annotations)['storageclass.kubernetes.io/is-default-class'] === 'true' ? ' (default)' : ''}` },
    column('Provisioner', ({ provisioner }) => text(provisioner)), column('ReclaimPolicy', ({ reclaimPolicy }) => text(reclaimPolicy, 'Delete')),
    column('VolumeBindingMode', ({ volumeBindingMode }) => text(volumeBindingMode, 'Immediate')),
    column('AllowVolumeExpansion', ({ allowVolumeExpansion }) => allowVolumeExpansion === true), AGE,
  ],
  'priorityclasses.scheduling.k8s.io': [
    NAME, number('Value', ({ value }) => count(value)), flag('Global-Default', ({ globalDefault }) => globalDefault === true), AGE,
    column('PreemptionPolicy', ({ preemptionPolicy }) => text(preemptionPolicy)),
  ],
  'leases.coordination.k8s.io': [NAME, column('Holder', object => text(spec(object).holderIdentity)), AGE],
  'runtimeclasses.node.k8s.io': [NAME, column('Handler', ({ handler }) => text(handler)), AGE],
  'mutatingwebhookconfigurations.admissionregistration.k8s.io': [NAME, number('Webhooks', ({ webhooks }) => maps(webhooks).length), AGE],
  'validatingwebhookconfigurations.admissionregistration.k8s.io': [NAME, number('Webhooks', ({ webhooks }) => maps(webhooks).length), AGE],
  'flowschemas.flowcontrol.apiserver.k8s.io': [
    NAME, column('PriorityLevel', object => text(map(spec(object).priorityLevelConfiguration).name)), column('MatchingPrecedence', object => count(spec(object).matchingPrecedence)),
    column('DistinguisherMethod', object => text(map(spec(object).distinguisherMethod).type, '<none>')), AGE,
    column('MissingPL', object => text(maps(status(object).conditions).find(each => each.type === 'Dangling')?.status, '?')),
  ],
  'networkpolicies.networking.k8s.io': [NAME, column('Pod-Selector', object => formatSelector(spec(object).podSelector)), AGE],
};

function bindingColumns(): Column[] {
  const subjects = (kind: string, format = ({ name }: JsonMap) => text(name)): Column['cell'] => object => (
    maps(object.subjects).filter(each => each.kind === kind).map(format).join(', ')
  );
  return [
    NAME, column('Role', ({ roleRef }) => `${text(map(roleRef).kind)}/${text(map(roleRef).name)}`), AGE,
    wide('Users', subjects('User')), wide('Groups', subjects('Group')), wide('ServiceAccounts', subjects('ServiceAccount', each => `${text(each.namespace)}/${text(each.name)}`)),
  ];
}

function nodeStatus(node: StoredObject): string {
  const ready = maps(status(node).conditions).find(each => each.type === 'Ready');
  return `${ready === undefined ? 'Unknown' : ready.status === 'True' ? 'Ready' : 'NotReady'}${spec(node).unschedulable === true ? ',SchedulingDisabled' : ''}`;
}

function nodeRoles({ metadata }: StoredObject): string {
  const roles = Object.entries(map(metadata.labels)).flatMap(([key, value]) => {
    if (key.startsWith('node-role.kubernetes.io/')) return [key.slice('node-role.kubernetes.io/'.length)];
    return key === 'kubernetes.io/role' ? [text(value)] : [];
  });
  return roles.filter(role => role !== '').sort().join(',') || '<none>';
}

function nodeAddress(node: StoredObject, type: string): string {
  return text(maps(status(node).addresses).find(each => each.type === type)?.address, '<none>');
}

function volumePhase(volume: StoredObject): string {
  return volume.metadata.deletionTimestamp ? 'Terminating' : text(status(volume).phase);
}

/** What is used of what may be; limits have a column of their own. */
function quota(object: StoredObject, limits: boolean): string {
  const { hard, used } = status(object);
  return Object.keys(map(hard)).sort().filter(name => name.startsWith('limits.') === limits).map(name => `${name}: ${text(map(used)[name], '0')}/${text(map(hard)[name])}`).join(', ');
}

function firstSeen(event: StoredObject, now: Date): string {
  return age(event.firstTimestamp ?? event.eventTime ?? undefined, now);
}

function lastSeen(event: StoredObject, now: Date): string {
  if (event.series) return age(map(event.series).lastObservedTime, now);
  return event.lastTimestamp ? age(event.lastTimestamp, now) : firstSeen(event, now);
}

function eventSource({ source, reportingComponent, reportingInstance }: StoredObject): string {
  const component = text(map(source).component, text(reportingComponent));
  const host = text(map(source).host, text(reportingInstance));
  return host ? `${component}, ${host}` : component;
}

function owner(metadata: JsonMap): string {
  const controller = maps(metadata.ownerReferences).find(each => each.controller === true);
  if (!controller) return '<none>';
  const [group = ''] = text(controller.apiVersion).split('/').slice(0, -1);
  return `${text(controller.kind).toLowerCase()}${group ? `.${group}` : ''}/${text(controller.name)}`;
}

function requestCondition(object: StoredObject): string {
  const conditions = maps(status(object).conditions);
  const has = (type: string) => conditions.some(each => each.type === type);
  const parts = has('Denied') ? ['Denied'] : has('Approved') ? ['Approved'] : ['Pending'];
  if (has('Failed')) parts.push('Failed');
  if (text(status(object).certificate as Json | undefined)) parts.push('Issued');
  return parts.join(',');
}
