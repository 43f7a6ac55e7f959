import { FlotillaError } from '../errors';
import { FIELD_MANAGER } from './applyset';
import { applyAndTell, type ApplyOptions, applyObject, type ApplyReply, type LiveObject } from '../kube/apply';
import { isAlreadyGone, isFieldConflict, isStale } from '../kube/classify';
import type { Connection } from '../kube/connection';
import type { Resource } from '../kube/discovery';
import { resourcePath } from '../kube/discovery';
import { appliedFields, fieldsAt, isEmpty, union, valuesAt, withoutItemsNotIn } from '../kube/field-set';
import type { FieldSet } from '../kube/metadata';
import type { FieldPath } from '../rules/field-path';
import { formatIdentity, identityOf, Manifest } from '../tree/manifest';

/**
 * Keeps the values of fields that were given up, until somebody else writes them.
 *
 * A field that its only owner no longer applies is removed by the API server: of a Deployment, the replicas would fall back to 1. So this manager becomes a
 * second owner, with the value that is live, before the first one lets go.
 */
export const RELEASED_MANAGER = 'cdk8s-flotilla-released';

/** How often to look again when somebody writes at the same time. */
const ATTEMPTS = 5;

/** An object some fields of which are given up. */
export interface GivingUp {
  /** As committed: with what the fields are when the object is created. */
  readonly initial: Manifest;
  /** Without the fields. */
  readonly manifest: Manifest;
  readonly ignored: readonly FieldPath[];
}

/** Applies an object without the fields that are given up; one that is not there yet is created with them. What they are now stays. */
export async function applyGivingUp(
  connection: Connection, resource: Resource, { initial, manifest, ignored }: GivingUp, options: ApplyOptions,
): Promise<ApplyReply> {
  const before = await tryGet(connection, resource, initial, options.signal);
  const first = before ? undefined : await applyAndTell(connection, resource, initial, { ...options, accept: 'full' });
  await releaseFields(connection, resource, initial, ignored, before ?? first?.object as LiveObject, options.signal);
  const reply = await applyAndTell(connection, resource, manifest, options);
  return { ...reply, created: reply.created || first?.created === true };
}

/**
 * Hands the fields at some paths, as far as our manager owns them, to `RELEASED_MANAGER`; it keeps what it has from earlier, but for items of lists that the
 * manifest no longer has.
 *
 * @throws FLT5111 when a path goes into a value that the server takes as a whole
 */
export async function releaseFields(
  connection: Connection, resource: Resource, manifest: Manifest, ignored: readonly FieldPath[], live: LiveObject, signal?: AbortSignal,
): Promise<void> {
  let current: LiveObject | undefined = live;
  for (let attempt = 1; current !== undefined; attempt++) {
    const fields = fieldsToHold(manifest, ignored, current);
    if (!fields) {
      return;
    }
    const { namespace, name } = manifest.metadata;
    const values = valuesAt(fields, current) as { readonly metadata?: object } | undefined;
    const partial: Manifest = {
      ...values, apiVersion: manifest.apiVersion, kind: manifest.kind, metadata: { ...values?.metadata, name, ...(namespace ? { namespace } : {}) },
    };
    try {
      await applyObject(connection, resource, partial, { fieldManager: RELEASED_MANAGER, force: false, accept: 'metadata', signal });
      return;
    } catch (error) {
      // An autoscaler wrote in between: what was read is no longer what is there.
      if (!(isFieldConflict(error) || isStale(error)) || attempt === ATTEMPTS) throw error;
    }
    current = await tryGet(connection, resource, manifest, signal);
  }
}

/** All that `RELEASED_MANAGER` has to own; undefined when that is what it owns already. */
function fieldsToHold(manifest: Manifest, ignored: readonly FieldPath[], live: LiveObject): FieldSet | undefined {
  const owned = appliedFields(live.metadata, FIELD_MANAGER);
  const released = ignored.reduce<FieldSet>((all, path) => {
    const fields = fieldsAt(owned, path, live);
    if (fields === 'whole') {
      throw new FlotillaError('FLT5111', {
        what: `${formatIdentity(identityOf(manifest))} cannot leave \`${path.text}\` to others: the API server takes the list or map around it as a whole`,
        fix: 'ignore the whole of that list or map, or leave the field out of `ignore`',
      });
    }
    return union(all, fields);
  }, {});
  const held = appliedFields(live.metadata, RELEASED_MANAGER);
  const kept = withoutItemsNotIn(held, manifest);
  const given = withoutItemsNotIn(released, manifest);
  return isEmpty(given) && JSON.stringify(kept) === JSON.stringify(held) ? undefined : union(kept, given);
}

async function tryGet(connection: Connection, resource: Resource, manifest: Manifest, signal: AbortSignal | undefined): Promise<LiveObject | undefined> {
  const { namespace, name } = manifest.metadata;
  try {
    return (await connection.request<LiveObject>({ method: 'GET', path: resourcePath(resource, { namespace, name }), signal })).body;
  } catch (error) {
    if (isAlreadyGone(error)) return undefined;
    throw error;
  }
}
