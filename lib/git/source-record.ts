import { NewCommit } from './fast-import';
import { CommitIdentity } from './identity';
import { OBJECT_ID } from './object-format';
import { GitRepository } from './repository';
import { SourceCommit } from './source-commit';

/** The trailer of our commits that names the source commit. */
export const SOURCE_TRAILER = 'Flotilla-Source';

/** How far back a branch without a marker is searched for the trailer. */
const SEARCH_DEPTHS = [1, 100, 1000];

/**
 * The ref of the remote that remembers the newest source commit of a branch, also when its tree changed nothing.
 *
 * It is a chain of empty commits that is only ever moved on, so of two who move it from the same place one is rejected.
 */
export function markerRef(branch: string): string {
  return `refs/flotilla/source/${branch}`;
}

/** `Flotilla-Source: …`, with `-dirty` when what was synthesized is in no commit. */
export function sourceTrailer(source: SourceCommit): string {
  return `${SOURCE_TRAILER}: ${source.commit}${source.dirty ? '-dirty' : ''}`;
}

/** The next commit of the marker. */
export function markerCommit(branch: string, source: SourceCommit, parent: string | undefined, identity: CommitIdentity): NewCommit {
  return {
    ...identity, ...(parent ? { parent } : {}), message: `Source of ${branch}\n\n${sourceTrailer(source)}\n`, writes: new Map(), deletes: [],
  };
}

/** The branch as it was fetched, and what it says of its source. */
export interface BranchState {
  /** The newest commit; absent when there is no such branch. */
  readonly tip?: string;
  /** The newest commit of the marker. */
  readonly marker?: string;
  /** The source commit of the newest tree; dirty ones do not count. */
  readonly source?: string;
}

/** Fetches a branch and its marker; where there is none, the newest trailer in the branch's own history. Throws FLT4003. */
export async function fetchState(repository: GitRepository, branch: string, signal?: AbortSignal): Promise<BranchState> {
  for (const depth of SEARCH_DEPTHS) {
    const ref = `refs/heads/${branch}`;
    const refs = await repository.fetchRefs([ref, markerRef(branch)], { depth, signal });
    const [tip, marker] = [refs.get(ref), refs.get(markerRef(branch))];
    const state = { ...(tip ? { tip } : {}), ...(marker ? { marker } : {}) };
    const source = marker ? await trailerOf(repository, ['-1', marker]) : tip ? await trailerOf(repository, SEARCH_OPTIONS.concat(tip)) : undefined;
    if (source) {
      return { ...state, source };
    }
    if (marker || !tip || !repository.isShallow || depth === SEARCH_DEPTHS.at(-1)) {
      return state;
    }
  }
  return {};
}

const SEARCH_OPTIONS = ['--first-parent', '--extended-regexp', `--grep=^${SOURCE_TRAILER}: ${OBJECT_ID}$`, '-1'];

async function trailerOf(repository: GitRepository, revisions: readonly string[]): Promise<string | undefined> {
  const message = (await repository.run(['log', '--no-show-signature', '--format=%B', ...revisions, '--'])).toString('utf8');
  return [...message.matchAll(new RegExp(`^${SOURCE_TRAILER}: ${OBJECT_ID}$`, 'gm'))].at(-1)?.[1];
}
