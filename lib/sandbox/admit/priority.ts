import { forbidden } from './forbidden';
import { tryNewPod } from './pod-of';
import type { AdmissionRequest, ClusterApi } from '../api';
import type { JsonMap, StoredObject } from '../json';

const CLASSES = 'priorityclasses.scheduling.k8s.io';

/** A Pod has the priority of its PriorityClass, or of the default one; there is at most one default. */
export function setPriority(request: AdmissionRequest, api: ClusterApi): void {
  checkDefaultClass(request, api);
  keepPriority(request);
  const spec = tryNewPod(request)?.spec;
  if (!spec) return;
  const { resource, name } = request;
  const asked = spec.priorityClassName ? api.tryFind(CLASSES, { name: String(spec.priorityClassName) }) : findDefault(api);
  if (spec.priorityClassName && !asked) throw forbidden(resource, name, `no PriorityClass with name ${String(spec.priorityClassName)} was found`);
  const priority = Number(asked?.value ?? 0);
  const preemptionPolicy = String(asked?.preemptionPolicy ?? 'PreemptLowerPriority');
  if (spec.priority !== undefined && spec.priority !== priority) {
    throw forbidden(resource, name, `the integer value of priority (${String(spec.priority)}) must not be provided in pod spec; `
      + `priority admission controller computed ${priority} from the given PriorityClass name`);
  }
  if (spec.preemptionPolicy !== undefined && spec.preemptionPolicy !== preemptionPolicy) {
    throw forbidden(resource, name, `the string value of PreemptionPolicy (${String(spec.preemptionPolicy)}) must not be provided in pod spec; `
      + `priority admission controller computed ${preemptionPolicy} from the given PriorityClass name`);
  }
  if (asked) spec.priorityClassName = asked.metadata.name;
  Object.assign(spec, { priority, preemptionPolicy });
}

/** Who changes a Pod need not say what was set for it. */
function keepPriority({ operation, resource, subresource, object, old }: AdmissionRequest): void {
  if (operation !== 'UPDATE' || subresource || resource.group !== '' || resource.plural !== 'pods' || !object || !old) return;
  const [spec, before] = [object.spec as JsonMap, old.spec as JsonMap];
  for (const key of ['priority', 'preemptionPolicy']) if (spec[key] === undefined && before[key] !== undefined) spec[key] = before[key];
}

function checkDefaultClass({ operation, resource, object, name }: AdmissionRequest, api: ClusterApi): void {
  if (resource.group !== 'scheduling.k8s.io' || resource.plural !== 'priorityclasses' || object?.globalDefault !== true) return;
  const present = findDefault(api);
  if (!present || (operation === 'UPDATE' && present.metadata.name === name)) return;
  throw forbidden(resource, name, `PriorityClass ${present.metadata.name} is already marked as default. Only one default can exist`);
}

function findDefault(api: ClusterApi): StoredObject | undefined {
  const [lowest] = api.list(CLASSES).filter(({ globalDefault }) => globalDefault === true).sort((a, b) => Number(a.value) - Number(b.value));
  return lowest;
}
