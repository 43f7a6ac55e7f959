import { isOfKind, ObjectName, parseObjectName } from './object-name';
import { Track } from './tracks';
import { FlotillaError } from '../errors';
import { listNames, suggest } from '../model/suggest';
import { formatIdentity, identityOf, ObjectIdentity } from '../tree/manifest';

/** Which object of which target. */
export interface ObjectQuestion {
  readonly cluster: string;
  readonly application: string;
  readonly object: string;
  readonly namespace?: string;
}

/**
 * The object that a question is about: one that is committed, by its name or by one that it had before an overlay; or else one that an overlay removed.
 *
 * @throws FLT2403 when there is none, FLT2404 when there are several.
 */
export function findObject(question: ObjectQuestion, tracks: readonly Track[]): Track {
  const { object, namespace, ...where } = question;
  const parsed = parseObjectName(object);
  if (!parsed) {
    throw new FlotillaError('FLT2403', {
      what: `${JSON.stringify(object)} does not name an object`, where, fix: 'write it as kubectl does: `deployment/web`, `certificates.cert-manager.io/web`',
    });
  }
  const name: ObjectName = { ...parsed, ...namespace === undefined ? {} : { namespace } };
  const committed = tracks.filter(isCommitted);
  const found = [
    committed.filter(track => isCalled(name, nowOf(track))),
    committed.filter(track => everOf(track).some(id => isCalled(name, id))),
    tracks.filter(track => everOf(track).some(id => isCalled(name, id))),
  ].find(each => each.length > 0);
  if (!found) {
    throw notFound(question, name, committed.map(nowOf));
  }
  if (found.length > 1) {
    throw new FlotillaError('FLT2404', {
      what: `'${object}' stands for ${found.length} objects of the application '${question.application}' on '${question.cluster}'`, where,
      fix: `name one of them in full: ${listNames(found.map(track => formatIdentity(nowOf(track))))}; or add a namespace, by \`-n\``,
    });
  }
  return found[0];
}

/** An object's identity, as it is committed or was last. */
export function nowOf(track: Track): ObjectIdentity {
  return identityOf(track.findLast(Boolean)!.manifest);
}

export function isCommitted(track: Track): boolean {
  return track[track.length - 1] !== undefined;
}

function everOf(track: Track): ObjectIdentity[] {
  return track.flatMap(object => (object ? identityOf(object.manifest) : []));
}

function isCalled(name: ObjectName, object: ObjectIdentity): boolean {
  return isOfKind(name, object) && object.name === name.name;
}

function notFound({ object, cluster, application, namespace }: ObjectQuestion, name: ObjectName, objects: readonly ObjectIdentity[]): FlotillaError {
  const ofKind = objects.filter(id => isOfKind(name, id));
  const kinds = [...new Set(objects.map(({ kind }) => kind.toLowerCase()))].sort();
  const closest = ofKind.length > 0 ? suggest(name.name, ofKind.map(id => id.name)) : suggest(name.kind, kinds);
  const candidates = ofKind.length > 0 ? ofKind : objects;
  return new FlotillaError('FLT2403', {
    what: `the application '${application}' has no ${object}${namespace === undefined ? '' : ` in the namespace '${namespace}'`} on '${cluster}'${closest}`,
    where: { cluster, application },
    fix: candidates.length > 0 ? `name one of ${listNames(candidates.map(formatIdentity))}` : 'name another application: this one has no objects there',
  });
}
