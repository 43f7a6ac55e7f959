import { setTimeout as sleep } from 'node:timers/promises';
import { FlotillaError } from '../errors';
import { importCommits, NewCommit } from './fast-import';
import { readIdentity } from './identity';
import { checkBranchName } from './names';
import { pushRefs, PushResult, RefUpdate } from './push';
import { notReachable } from './remote';
import { GitRepository } from './repository';
import { SourceCommit } from './source-commit';
import { compareSources } from './source-order';
import { BranchState, fetchState, markerCommit, markerRef, sourceTrailer } from './source-record';

/** What a commit changes. */
export interface Changes {
  /** Contents of files that are new or different, by path. */
  readonly writes: ReadonlyMap<string, Buffer>;
  /** Paths of files that go. */
  readonly deletes: readonly string[];
  /** Subject, and after an empty line the body; without trailers. */
  readonly message: string;
}

/** The commit on which changes are built; read it with `listTree` and `readBlobs`. */
export interface Parent {
  readonly repository: GitRepository;
  /** Its id, all of it. */
  readonly commit: string;
}

export interface CommitRequest {
  /** URL, name of a remote, or path of the repository. */
  readonly remote: string;
  /** The branch; made when it does not exist. */
  readonly branch: string;
  /** Where git is asked who makes the commit, and what relative paths are relative to. Default: the current folder. */
  readonly cwd?: string;
  /** The commit from which the changes were made: an older one than that on the branch changes nothing. Default: none, and no order. */
  readonly source?: SourceCommit;
  /** Commits although the order of the source commits is wrong or cannot be told. Default: false. */
  readonly forceSource?: boolean;
  /** How often it is tried when others push at the same time. Default: 10. */
  readonly attempts?: number;
  /** Stops before the next step. */
  readonly signal?: AbortSignal;
  /** Computes the changes on top of a commit, or of nothing; undefined (or no changes) when there are none. Called once an attempt. */
  build(parent: Parent | undefined): Promise<Changes | undefined>;
}

export interface CommitResult {
  /** `created`: a first commit on a new branch. `superseded`: the branch already holds what a newer source commit made, and was left as it is. */
  readonly outcome: 'committed' | 'created' | 'unchanged' | 'superseded';
  /** The newest commit of the branch; absent when it does not exist. */
  readonly commit?: string;
  /** First line of the message of the commit that was made. */
  readonly subject?: string;
  /** The source commit that the branch now holds, where one is known. */
  readonly source?: string;
  /** How many attempts were needed. */
  readonly attempts: number;
  /** What could not be made sure. */
  readonly warnings: readonly string[];
}

/**
 * Commits changes to a branch of a remote repository, without a checkout and without force: when somebody else pushes in between, the changes are
 * built anew on their commit.
 *
 * Throws FLT4003 when the repository cannot be read, FLT4005 when it refuses the push, FLT4006 when others were faster every time, FLT4007 when
 * git has no identity, FLT4008 when the order of the source commits cannot be told, FLT4009 for a name that cannot be a branch or a remote.
 */
export async function commitToBranch(request: CommitRequest): Promise<CommitResult> {
  checkBranchName(request.branch);
  const repository = await GitRepository.open(request.remote, request.cwd);
  try {
    return await new Committing(repository, request).run();
  } finally {
    repository.close();
  }
}

/** Two base units apart at first, then longer; the random part keeps equals from meeting again. */
const BACKOFF_MS = 25;
const LONGEST_BACKOFF_MS = 2000;

/** What one attempt came to: the result, or a push that may be tried again. */
type Attempt = Omit<CommitResult, 'attempts' | 'warnings'> | PushResult;

class Committing {
  private readonly warnings = new Set<string>();
  private readonly attempts: number;
  private remade = false;
  private changedFormat = false;

  constructor(private readonly repository: GitRepository, private readonly request: CommitRequest) {
    this.attempts = Math.max(1, request.attempts ?? 10);
  }

  public async run(): Promise<CommitResult> {
    const { source } = this.request;
    if (source?.dirty) {
      this.warnings.add(`the source has changes that are in no commit: the branch says ${sourceTrailer(source)}, which keeps no older commit away`);
    }
    let last: PushResult | undefined;
    for (let attempt = 1; attempt <= this.attempts; attempt++) {
      if (attempt > 1) {
        await sleep(Math.random() * Math.min(LONGEST_BACKOFF_MS, BACKOFF_MS * 2 ** attempt), undefined, { signal: this.request.signal });
      }
      const result = await this.attemptWithSoundCache();
      if ('outcome' in result) {
        return { ...result, attempts: attempt, warnings: [...this.warnings] };
      }
      last = result;
    }
    const words = last && 'words' in last ? last.words : '';
    if (last?.kind === 'unreachable') {
      throw notReachable(this.repository.remote.name, words);
    }
    throw new FlotillaError('FLT4006', {
      what: `${this.request.branch} of ${this.repository.remote.name} changed during each of ${this.attempts} attempts to push to it`,
      fix: 'run it again; when it stays, see who pushes to that branch all the time',
      cause: words,
    });
  }

  /** A cache whose objects cannot be read is made anew, once. */
  private async attemptWithSoundCache(): Promise<Attempt> {
    try {
      return await this.attempt();
    } catch (error) {
      if (!(error instanceof FlotillaError) || error.code !== 'FLT4002' || this.remade) {
        throw error;
      }
      this.remade = true;
      await this.repository.remake();
      return this.attempt();
    }
  }

  private async attempt(): Promise<Attempt> {
    const { branch, signal } = this.request;
    const state = await fetchState(this.repository, branch, signal);
    if (await this.isSuperseded(state)) {
      return { outcome: 'superseded', commit: state.tip, source: state.source };
    }
    const changes = await this.request.build(state.tip === undefined ? undefined : { repository: this.repository, commit: state.tip });
    signal?.throwIfAborted();
    if (!changes || (changes.writes.size === 0 && changes.deletes.length === 0)) {
      return this.recordUnchanged(state);
    }
    return this.commit(state, changes);
  }

  private async isSuperseded(state: BranchState): Promise<boolean> {
    const { source, forceSource } = this.request;
    // Who deleted the branch wants to start anew, whatever the marker says.
    if (!source || source.dirty || forceSource || !state.source || !state.tip) {
      return false;
    }
    const order = await compareSources(source, state.source);
    if (order.warning) {
      this.warnings.add(order.warning);
    }
    return order.superseded;
  }

  /** The tree is the same; that a newer source commit makes it has to be remembered all the same. */
  private async recordUnchanged(state: BranchState): Promise<Attempt> {
    const { branch, source, cwd } = this.request;
    const result = { outcome: 'unchanged', ...(state.tip ? { commit: state.tip } : {}) } as const;
    if (!source || source.dirty || state.tip === undefined || state.source === source.commit) {
      return { ...result, source: state.source };
    }
    const [commit] = await importCommits(this.repository, [markerCommit(branch, source, state.marker, await readIdentity(cwd ?? process.cwd()))]);
    const pushed = await pushRefs(this.repository, [{ commit, ref: markerRef(branch) }]);
    if (pushed.kind === 'outdated' || pushed.kind === 'unreachable') {
      return pushed;
    }
    if (pushed.kind !== 'pushed') {
      this.warnUnmarked(pushed.words);
      return { ...result, source: state.source };
    }
    return { ...result, source: source.commit };
  }

  private async commit(state: BranchState, changes: Changes): Promise<Attempt> {
    const { branch, source, cwd } = this.request;
    const identity = await readIdentity(cwd ?? process.cwd());
    const message = `${changes.message.trimEnd()}\n${source ? `\n${sourceTrailer(source)}\n` : ''}`;
    const parent = state.tip ? { parent: state.tip } : {};
    const commits: NewCommit[] = [{ ...identity, ...parent, message, writes: changes.writes, deletes: changes.deletes }];
    if (source && !source.dirty) {
      commits.push(markerCommit(branch, source, state.marker, identity));
    }
    const [commit, marker] = await importCommits(this.repository, commits);
    const pushed = await this.push({ commit, ref: `refs/heads/${branch}` }, marker === undefined ? undefined : { commit: marker, ref: markerRef(branch) });
    if (pushed.kind === 'other-format' && !this.changedFormat) {
      // Where nothing was to be fetched, only the push told.
      this.changedFormat = true;
      await this.repository.changeFormat();
      return this.attempt();
    }
    if (pushed.kind === 'refused' || pushed.kind === 'not-atomic' || pushed.kind === 'other-format') {
      throw new FlotillaError('FLT4005', {
        what: `${this.repository.remote.name} refused the commit to ${branch}`,
        fix: 'do what it says: give the user that pushes the right to do so, choose another branch, or change the rule or hook that refuses',
        cause: pushed.words,
      });
    }
    if (pushed.kind !== 'pushed') {
      return pushed;
    }
    const known = source && !source.dirty ? { source: source.commit } : {};
    return { outcome: state.tip ? 'committed' : 'created', commit, subject: changes.message.split('\n', 1)[0], ...known };
  }

  /** Branch and marker go together; where the server does not take both, the branch goes alone. */
  private async push(branch: RefUpdate, marker: RefUpdate | undefined): Promise<PushResult> {
    if (marker === undefined) {
      return pushRefs(this.repository, [branch]);
    }
    const together = await pushRefs(this.repository, [branch, marker]);
    if (together.kind !== 'refused' && together.kind !== 'not-atomic') {
      return together;
    }
    const alone = await pushRefs(this.repository, [branch]);
    if (alone.kind === 'pushed') {
      // Without atomic pushes the marker may still be taken by itself; it is then late, not wrong.
      const late = together.kind === 'not-atomic' ? await pushRefs(this.repository, [marker]) : together;
      if (late.kind === 'pushed') {
        this.warnings.add('the repository cannot change two refs at once: a synth of an older source commit that runs at the same time may come after this one');
      } else {
        this.warnUnmarked(late.words);
      }
    }
    return alone;
  }

  private warnUnmarked(words: string): void {
    this.warnings.add(`the repository does not take ${markerRef(this.request.branch)}: a source commit that changes nothing is not remembered, so an older one may come after it (${words.split('\n')[0]})`);
  }
}
