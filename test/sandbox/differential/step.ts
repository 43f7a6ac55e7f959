import { mergePatch, operations, spoil, strategicPatch } from './changes';
import { manifest, type Kind } from '../fields/manifests';
import { Random } from '../fields/random';

type Data = Record<string, any>;

export interface Request {
  readonly method: string;
  readonly path: string;
  readonly type?: string;
  readonly body?: unknown;
}

/** What a server has said so far about the object of a history. */
export interface Seen {
  /** As it was last answered; undefined when it is not there. */
  readonly live?: Data;
  /** Of an answer before that. */
  readonly staleVersion?: string;
}

/** One step of a history: the same for both servers, but for what each of them chose itself, such as the uid. */
export type Step = (seen: Seen) => Request;

export interface Place {
  readonly namespace: string;
  readonly name: string;
}

const APPLY = 'application/apply-patch+yaml';
const JSON_PATCH = 'application/json-patch+json';
const MERGE = 'application/merge-patch+json';
const STRATEGIC = 'application/strategic-merge-patch+json';
const MANAGERS = ['alice', 'bob', 'carol'];
const CUSTOM = 'example.com/';

/**
 * @param live what is there now, as one of the servers told it
 * @param oddity how often, from 0 to 1, something is wrong with what is sent
 */
export function nextStep(random: Random, kind: Kind, place: Place, live: Data | undefined, oddity: number): Step {
  // Half of a history that finds nothing to change would be wasted.
  if (!live && random.chance(0.9)) return random.chance(0.5) ? creation(random, kind, place, oddity) : application(random, kind, place, oddity);
  const dice = random.next();
  if (dice < 0.32) return application(random, kind, place, oddity);
  if (dice < 0.38) return creation(random, kind, place, oddity);
  if (dice < 0.55) return replacement(random, kind, place, oddity);
  if (dice < 0.82) return patch(random, kind, place, live ?? {}, oddity);
  if (dice < 0.9) return status(random, kind, place, oddity);
  if (dice < 0.95) return deletion(random, kind, place);
  return reading(random, kind, place);
}

function collectionOf({ apiVersion, plural }: Kind, { namespace }: Place): string {
  return `/api${apiVersion.includes('/') ? 's' : ''}/${apiVersion}/namespaces/${namespace}/${plural}`;
}

function pathOf(kind: Kind, place: Place, subresource = ''): string {
  return `${collectionOf(kind, place)}/${place.name}${subresource && `/${subresource}`}`;
}

/** What is wanted, with something wrong now and then. */
function wantedOf(random: Random, kind: Kind, { namespace, name }: Place, oddity: number): Data {
  const wanted = manifest(random, kind, name);
  wanted.metadata.namespace = namespace;
  if (random.chance(0.05)) describeOddly(random, wanted.metadata as Data);
  return random.chance(oddity) ? spoil(random, wanted) : wanted;
}

/** Valid, and seldom meant: an owner twice, nothing where a list or map goes. */
function describeOddly(random: Random, metadata: Data): void {
  const owners = metadata.ownerReferences as Data[] | undefined;
  if (owners?.[0] && random.chance(0.5)) owners.push(structuredClone(owners[0]));
  else if (random.chance(0.5)) metadata[random.pick(['labels', 'annotations'])] = random.pick([null, {}]);
  else metadata[random.pick(['finalizers', 'ownerReferences'])] = random.pick([null, []]);
}

function query(random: Random, manager?: string, more: Readonly<Record<string, string>> = {}): string {
  const given: Record<string, string> = { ...manager ? { fieldManager: manager } : {}, ...more };
  if (random.chance(0.1)) given.fieldValidation = random.pick(['Strict', 'Ignore', 'Warn']);
  if (random.chance(0.05)) given.dryRun = 'All';
  return `?${new URLSearchParams(given).toString()}`;
}

function creation(random: Random, kind: Kind, place: Place, oddity: number): Step {
  const path = `${collectionOf(kind, place)}${query(random, random.pick(MANAGERS))}`;
  const body = wantedOf(random, kind, place, oddity);
  return () => ({ method: 'POST', path, body });
}

function application(random: Random, kind: Kind, place: Place, oddity: number): Step {
  const path = `${pathOf(kind, place)}${query(random, random.pick(MANAGERS), { force: String(random.chance(0.5)) })}`;
  const body = wantedOf(random, kind, place, oddity);
  return () => ({ method: 'PATCH', path, type: APPLY, body });
}

function replacement(random: Random, kind: Kind, place: Place, oddity: number): Step {
  const path = `${pathOf(kind, place)}${query(random, random.pick(MANAGERS))}`;
  const wanted = wantedOf(random, kind, place, oddity);
  const version = random.next();
  const isEdited = random.chance(0.4);
  const keeps = random.chance(0.5);
  const resets = random.chance(0.1);
  const seed = 1 + random.below(1_000_000);
  return ({ live, staleVersion }) => {
    const body = isEdited && live ? edited(new Random(seed), live, wanted) : structuredClone(wanted);
    const resourceVersion = version < 0.6 ? live?.metadata.resourceVersion : version < 0.75 ? staleVersion : undefined;
    if (typeof body.metadata === 'object' && body.metadata !== null && !Array.isArray(body.metadata)) {
      body.metadata.resourceVersion = resourceVersion;
      if (keeps && live) body.metadata.managedFields = live.metadata.managedFields;
      else if (resets) body.metadata.managedFields = [{}];
    }
    if (keeps && live?.spec && isMap(body.spec)) for (const field of kind.allocated ?? []) body.spec[field] ??= live.spec[field];
    return { method: 'PUT', path, body };
  };
}

/** What is there, with one part of it as it is wanted. */
function edited(random: Random, live: Data, wanted: Data): Data {
  const key = random.pick(Object.keys(wanted).filter(each => each !== 'apiVersion' && each !== 'kind'));
  const part: unknown = structuredClone(wanted[key]);
  if (key !== 'metadata') return { ...structuredClone(live), [key]: random.chance(0.5) && isMap(part) && isMap(live[key]) ? { ...live[key], ...part } : part };
  return { ...structuredClone(live), metadata: isMap(part) ? { ...live.metadata, ...part } : part };
}

function patch(random: Random, kind: Kind, place: Place, live: Data, oddity: number): Step {
  const path = `${pathOf(kind, place)}${query(random, random.pick(MANAGERS))}`;
  const wanted = wantedOf(random, kind, place, oddity);
  const dice = random.next();
  // A broken manifest may lack what a patch is made of.
  const whole = isMap(wanted.metadata) ? wanted : { ...wanted, metadata: {} };
  if (dice < 0.33) {
    const body = operations(random, live, whole, oddity);
    return () => ({ method: 'PATCH', path, type: JSON_PATCH, body });
  }
  const type = dice < 0.66 || (kind.apiVersion.startsWith(CUSTOM) && random.chance(0.95)) ? MERGE : STRATEGIC;
  const body = type === MERGE ? mergePatch(random, live, whole, oddity) : strategicPatch(random, live, whole, oddity);
  return () => ({ method: 'PATCH', path, type, body });
}

function status(random: Random, kind: Kind, place: Place, oddity: number): Step {
  const path = `${pathOf(kind, place, 'status')}${query(random, random.pick(MANAGERS))}`;
  const { apiVersion, kind: name } = kind;
  const content = kind.status?.(random) ?? {};
  const written = random.chance(oddity) ? spoil(random, content) : content;
  const body: Data = { apiVersion, kind: name, metadata: { name: place.name, namespace: place.namespace }, status: written };
  const dice = random.next();
  const labels = random.maybe(() => ({ status: 'one' }), 0.2);
  if (dice < 0.35) return () => ({ method: 'PATCH', path: `${path}&force=true`, type: APPLY, body });
  if (dice < 0.7) return () => ({ method: 'PATCH', path, type: MERGE, body: { status: body.status, ...labels && { metadata: { labels, annotations: labels } } } });
  return ({ live }) => ({ method: 'PUT', path, body: { ...live ?? body, status: body.status, metadata: { ...(live ?? body).metadata, ...labels && { labels } } } });
}

function deletion(random: Random, kind: Kind, place: Place): Step {
  const path = pathOf(kind, place);
  const dice = random.next();
  const policy = random.pick(['Background', 'Foreground', 'Orphan']);
  if (dice < 0.4) return () => ({ method: 'DELETE', path });
  if (dice < 0.55) return () => ({ method: 'DELETE', path: `${path}?propagationPolicy=${policy}` });
  const right = random.chance(0.6);
  const dryRun = random.chance(0.1) ? ['All'] : undefined;
  const wrongUid = '00000000-0000-4000-8000-000000000000';
  return ({ live, staleVersion }) => {
    const { uid, resourceVersion } = (live?.metadata ?? {}) as Data;
    const preconditions = dice < 0.7 ? { uid: right ? uid : wrongUid } : dice < 0.8 ? { resourceVersion: right ? resourceVersion : staleVersion } : undefined;
    const body = { kind: 'DeleteOptions', apiVersion: 'v1', dryRun, preconditions, ...dice < 0.9 ? { propagationPolicy: policy } : { orphanDependents: right }, gracePeriodSeconds: right ? 0 : undefined };
    return { method: 'DELETE', path, body };
  };
}

function reading(random: Random, kind: Kind, place: Place): Step {
  const subresource = random.chance(0.3) && kind.status ? 'status' : '';
  const path = pathOf(kind, place, subresource);
  if (random.chance(0.7)) return () => ({ method: 'GET', path });
  const selector = random.pick(['', '?labelSelector=x', '?labelSelector=x%3Done', `?fieldSelector=metadata.name%3D${place.name}`]);
  return () => ({ method: 'GET', path: `${collectionOf(kind, place)}${selector}` });
}

function isMap(value: unknown): value is Data {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
