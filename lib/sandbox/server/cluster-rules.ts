import { onDemand } from './on-demand';
import type { AccessAttributes, AccessDecision, AccessRules, Decoded, DecodeOptions, ManagerOfWrite, Rules } from './rules';
import { replicasPath } from './scale';
import type * as WriteSteps from './write-steps';
import { authorize, listRules } from '../admit/authorize';
import type { AdmissionRequest, ClusterApi, User } from '../api';
import type { FieldManager } from '../fields/field-manager';
import type { JsonMap, StoredObject } from '../json';
import { builtinSchemas } from '../schema/builtin-schemas';
import { groupVersionOf, type ServedResource } from '../served-resource';
import { invalid } from '../validate/invalid';

/** Of built-in kinds one for all clusters; of custom resources one for each time that they are served anew. */
const fieldManagers = new WeakMap<ServedResource, FieldManager>();

let scaleManager: FieldManager | undefined;

let loaded: typeof WriteSteps | undefined;

/** Most clusters of a fleet in a test are only read before something is written to one of them. */
function steps(): typeof WriteSteps {
  return loaded ??= onDemand.writing;
}

/** The rules of Kubernetes, for one cluster. */
export class ClusterRules implements Rules {
  /** @param serviceAccounts whether somebody gives each namespace its default ServiceAccount; else no Pod could be created */
  constructor(
    private readonly api: ClusterApi & { versionsOf(resource: ServedResource): readonly ServedResource[] }, private readonly serviceAccounts: boolean,
  ) {}

  decode(resource: ServedResource, body: JsonMap, { fieldValidation, keepsNulls }: DecodeOptions): Decoded {
    const problems: string[] = [];
    const onUnknown = fieldValidation === 'Ignore' ? undefined : (path: string) => void problems.push(`unknown field ${JSON.stringify(path)}`);
    const { normalize, noteSent } = steps();
    const object = normalize(resource, body, onUnknown, keepsNulls);
    noteSent(object, body);
    return { object, problems };
  }

  setDefaults(resource: ServedResource, object: JsonMap): void {
    steps().applyDefaults(resource, object);
  }

  prepareCreate(resource: ServedResource, object: StoredObject, user: User): void {
    steps().prepareForCreate(resource, object, { now: this.api.now(), user });
  }

  prepareUpdate(resource: ServedResource, object: StoredObject, old: StoredObject, subresource?: string): void {
    steps().prepareForUpdate(resource, object, old, subresource);
  }

  validate(resource: ServedResource, object: StoredObject, old: StoredObject | undefined, subresource?: string): void {
    const causes = old ? steps().validateUpdate(resource, object, old, subresource) : steps().validateCreate(resource, object);
    if (causes.length > 0) throw invalid(resource, object.metadata.name, causes);
  }

  warnings(resource: ServedResource, object: StoredObject, old: StoredObject | undefined, subresource?: string): readonly string[] {
    return steps().warningsOf(resource, object, old, subresource);
  }

  admit(request: AdmissionRequest): readonly string[] {
    const warnings: string[] = [];
    const told = { ...request, warn: (message: string) => void warnings.push(message) };
    const { CHAIN, giveServiceAccount } = steps();
    for (const admission of CHAIN) if (this.serviceAccounts || admission !== giveServiceAccount) admission(told, this.api);
    return warnings;
  }

  admitValid(request: AdmissionRequest): void {
    for (const admission of steps().LAST_CHAIN) admission(request, this.api);
  }

  authorize(attributes: AccessAttributes): AccessDecision {
    const { user, verb, path, group = '', resource = '', subresource, namespace, name } = attributes;
    return authorize(path !== undefined ? { user, verb, path } : { user, verb, group, resource, subresource, namespace, name } as never, this.api);
  }

  rulesOf(user: User, namespace: string): AccessRules {
    const rules = listRules(user, namespace, this.api) as unknown as Record<string, readonly string[] | undefined>[];
    const masters = user.groups.includes('system:masters');
    return {
      resourceRules: [
        ...masters ? [{ verbs: ['*'], apiGroups: ['*'], resources: ['*'] }] : [],
        ...rules.filter(rule => (rule.resources?.length ?? 0) > 0).map(({ verbs, apiGroups, resources, resourceNames }) => ({
          verbs: [...verbs ?? []], apiGroups: [...apiGroups ?? []], resources: [...resources ?? []],
          ...resourceNames?.length ? { resourceNames: [...resourceNames] } : {},
        })),
      ],
      nonResourceRules: [
        ...masters ? [{ verbs: ['*'], nonResourceURLs: ['*'] }] : [],
        ...rules.filter(rule => (rule.nonResourceURLs?.length ?? 0) > 0).map(({ verbs, nonResourceURLs }) => (
          { verbs: [...verbs ?? []], nonResourceURLs: [...nonResourceURLs ?? []] }
        )),
      ],
    };
  }

  manageUpdate(resource: ServedResource, object: StoredObject, live: StoredObject | undefined, { name, time, subresource }: ManagerOfWrite): StoredObject {
    const next = steps().asSentInLists(resource.schema, object) as StoredObject;
    const managed = this.fieldManager(resource).update({ live, next, manager: name, subresource, now: time }) as StoredObject;
    return next === object ? managed : { ...object, metadata: managed.metadata };
  }

  manageScale(scale: StoredObject, live: StoredObject, { name, time, subresource }: ManagerOfWrite): StoredObject {
    scaleManager ??= new (steps().FieldManager)({ group: 'autoscaling', version: 'v1', kind: 'Scale', plural: 'scales', subresources: [], schema: builtinSchemas().findType('io.k8s.api.autoscaling.v1.Scale') });
    return scaleManager.update({ live, next: scale, manager: name, subresource, now: time }) as StoredObject;
  }

  replicasOf(resource: ServedResource): ReadonlyMap<string, string | undefined> {
    return new Map(this.api.versionsOf(resource).map(each => [groupVersionOf(each), replicasPath(each)]));
  }

  apply(resource: ServedResource, live: StoredObject | undefined, intent: JsonMap, { name, time, subresource }: ManagerOfWrite, force: boolean): JsonMap {
    return this.fieldManager(resource).apply({ live, applied: intent, manager: name, force, subresource, now: time }).object;
  }

  private fieldManager(resource: ServedResource): FieldManager {
    let manager = fieldManagers.get(resource);
    if (!manager) fieldManagers.set(resource, manager = new (steps().FieldManager)(resource, this.api.versionsOf(resource)));
    return manager;
  }
}
