import { FlotillaError } from '../errors';
import { ObjectCache } from './cache';
import { settingVariables } from './environment';
import { checkBranchName, checkCommitId, nearBranches } from './names';
import { formatMissed, formatOf, type ObjectFormat } from './object-format';
import { PrivateFolder } from './private-folder';
import { isSsh, notReachable, Remote, resolveRemote } from './remote';
import { gitFailed, RunOptions, RunResult, tryRunGit } from './run';

/** Objects come one file or one pack a fetch and are never collected; after so many fetches a long-lived process starts anew. */
const FETCHES_PER_GENERATION = 500;

/** Where the commits of a ref are found after a fetch; only this process sees these refs. */
const PRIVATE = 'refs/remote';

export interface FetchOptions {
  /** How many commits of history. Default: all. */
  readonly depth?: number;
  /** Stops a fetch that is going on. */
  readonly signal?: AbortSignal;
}

/** What a fetch of several refs brought: the ids by the refs' full names; a ref that does not exist is missing. */
export type FetchedRefs = ReadonlyMap<string, string>;

/**
 * A remote repository, read through a bare repository of this process whose objects are shared with other processes and kept for the next run.
 *
 * Methods may be called at the same time. Call `close` at the end.
 */
export class GitRepository {
  /** Opens the repository of a URL, a remote's name or a path; nothing is fetched yet. Throws FLT4003, FLT4009. */
  public static async open(remote: string, cwd?: string): Promise<GitRepository> {
    const resolved = await resolveRemote(remote, cwd);
    return new GitRepository(resolved, false);
  }

  /** Opens a repository of which only the commits are fetched, without files, where the server can do that. Throws FLT4003, FLT4009. */
  public static async openCommits(remote: string, cwd?: string): Promise<GitRepository> {
    return new GitRepository(await resolveRemote(remote, cwd), true);
  }

  private folder: PrivateFolder;
  private readonly retired: PrivateFolder[] = [];
  private queue: Promise<unknown> = Promise.resolve();
  private fetches = 0;
  private sshVariables: Promise<Record<string, string>> | undefined;

  private constructor(public readonly remote: Remote, private readonly commitsOnly: boolean) {
    this.folder = this.openFolder(false);
  }

  /** Fetches a branch and gives the id of its newest commit; undefined when there is no such branch. Throws FLT4003, FLT4009. */
  public async fetchBranch(branch: string, options: FetchOptions = {}): Promise<string | undefined> {
    checkBranchName(branch);
    const ref = `refs/heads/${branch}`;
    return (await this.fetchRefs([ref], options)).get(ref);
  }

  /** Like `fetchBranch`; throws FLT4004, which lists the branches that exist, when there is no such branch. */
  public async findBranch(branch: string, options: FetchOptions = {}): Promise<string> {
    return await this.fetchBranch(branch, options) ?? await this.noSuchBranch(branch);
  }

  /** Fetches one commit by its id, where the server permits it; throws FLT4003 otherwise, FLT4009 for what is no id. */
  public async fetchCommit(commit: string, options: FetchOptions = {}): Promise<string> {
    checkCommitId(commit);
    const result = await this.exclusively(() => {
      // What is no id in the format of the repository is taken for a name.
      if (formatOf(commit) !== this.folder.format) this.startAnew(formatOf(commit));
      return this.fetch([`+${commit}:${PRIVATE}/commits/${commit}`], options);
    });
    if (result.exitCode !== 0) {
      throw notReachable(this.remote.name, result.stderr.trim());
    }
    return commit;
  }

  /** Fetches all branches; throws FLT4003. */
  public async fetchHeads(options: FetchOptions = {}): Promise<void> {
    const result = await this.exclusively(() => this.fetch([`+refs/heads/*:${PRIVATE}/heads/*`], options));
    if (result.exitCode !== 0) {
      throw notReachable(this.remote.name, result.stderr.trim());
    }
  }

  /**
   * Fetches several refs at once, by their full names. The first may be missing; of the others, all with that name as a prefix are
   * fetched, because git refuses the whole fetch when a ref that is named exactly does not exist.
   */
  public async fetchRefs(refs: readonly string[], options: FetchOptions = {}): Promise<FetchedRefs> {
    return this.exclusively(async () => {
      const [first, ...others] = refs;
      const patterns = others.map(ref => `+${ref}*:${privateName(ref)}*`);
      let missing = false;
      let result = await this.fetch([`+${first}:${privateName(first)}`, ...patterns], options);
      if (result.exitCode !== 0 && /couldn't find remote ref/i.test(result.stderr)) {
        missing = true;
        // With a depth and nothing that matches, git fails without a word.
        result = patterns.length > 0 ? await this.fetch(patterns, options, []) : { ...result, exitCode: 0 };
      }
      if (result.exitCode !== 0) {
        throw notReachable(this.remote.name, result.stderr.trim());
      }
      const fetched = await this.readRefs(refs);
      if (missing) {
        fetched.delete(first);
      }
      for (const [ref, commit] of fetched) {
        this.folder.remember(ref, commit);
      }
      return fetched;
    });
  }

  /** Runs git in this repository and gives its output; throws FLT4002 when the command failed. */
  public async run(args: readonly string[], options: RunOptions = {}): Promise<Buffer> {
    const result = await this.tryRun(args, options);
    if (result.exitCode !== 0) {
      throw gitFailed(args, result);
    }
    return result.stdout;
  }

  /** Runs git in this repository and gives its exit code and output. */
  public async tryRun(args: readonly string[], options: RunOptions = {}): Promise<RunResult> {
    return tryRunGit(args, await this.options(options));
  }

  /** What a command in this repository needs, for a caller that starts git by itself. */
  public async options(options: RunOptions = {}): Promise<RunOptions> {
    this.sshVariables ??= sshVariables(this.remote);
    const env = {
      ...settingVariables(this.remote.settings),
      ...await this.sshVariables,
      ...this.folder.variables,
      ...options.env,
    };
    return { ...options, cwd: options.cwd ?? this.folder.path, env };
  }

  /** Forgets all that was fetched, because it turned out to be damaged: the next fetch starts from nothing. */
  public async remake(): Promise<void> {
    await this.exclusively(async () => this.startAnew());
  }

  /** Forgets all that was fetched: the other side names its objects otherwise, which a repository without any commit does not tell when it is read. */
  public async changeFormat(): Promise<void> {
    await this.exclusively(async () => this.startAnew(this.folder.format === 'sha1' ? 'sha256' : 'sha1'));
  }

  /** Whether some history of what was fetched is cut. */
  public get isShallow(): boolean {
    return this.folder.shallowCommits.length > 0;
  }

  /** The newest commit of a branch, without fetching it; undefined when there is no such branch. Throws FLT4003, FLT4009. */
  public async remoteTip(branch: string, options: Pick<FetchOptions, 'signal'> = {}): Promise<string | undefined> {
    checkBranchName(branch);
    const result = await this.tryRun(['ls-remote', '--quiet', '--', this.remote.url, `refs/heads/${branch}`], options);
    if (result.exitCode !== 0) {
      throw notReachable(this.remote.name, result.stderr.trim());
    }
    return /^([0-9a-f]+)\t/m.exec(result.stdout.toString('utf8'))?.[1];
  }

  /** The names of all branches. Throws FLT4003. */
  public async listBranches(): Promise<string[]> {
    const result = await this.tryRun(['ls-remote', '--quiet', '--heads', '--', this.remote.url]);
    if (result.exitCode !== 0) {
      throw notReachable(this.remote.name, result.stderr.trim());
    }
    return [...result.stdout.toString('utf8').matchAll(/^[0-9a-f]+\trefs\/heads\/(.*)$/gm)].map(match => match[1]).sort();
  }

  /** Removes what is this process's alone; the cache stays for the next one. */
  public close(): void {
    [...this.retired.splice(0), this.folder].forEach(folder => folder.close());
  }

  private async noSuchBranch(branch: string): Promise<never> {
    const branches = await this.listBranches();
    throw new FlotillaError('FLT4004', {
      what: `${this.remote.name} has no branch ${JSON.stringify(branch)}`,
      fix: branches.length === 0 ? 'the repository is empty: publish a fleet to it first (`flotilla synth --repo … --branch …`)'
        : `give one that exists: ${nearBranches(branch, branches).join(', ')}${branches.length > 10 ? `, … (${branches.length} in all)` : ''}`,
    });
  }

  private async fetch(refspecs: readonly string[], options: FetchOptions, history?: readonly string[]): Promise<RunResult> {
    if (++this.fetches > FETCHES_PER_GENERATION) {
      this.startAnew();
    }
    const result = await this.fetchOnce(refspecs, history ?? this.historyOptions(options), options);
    const format = formatMissed(result.stderr);
    if (result.exitCode === 0 || format === undefined && !looksDamaged(result.stderr)) {
      return result;
    }
    this.startAnew(format);
    return this.fetchOnce(refspecs, history ?? this.historyOptions(options), options);
  }

  private historyOptions({ depth }: FetchOptions): string[] {
    return depth !== undefined ? [`--depth=${depth}`] : this.isShallow ? ['--unshallow'] : [];
  }

  private async fetchOnce(refspecs: readonly string[], history: readonly string[], { signal }: FetchOptions): Promise<RunResult> {
    return this.tryRun([
      'fetch', '--quiet', '--no-tags', '--prune', '--no-write-fetch-head', '--no-recurse-submodules', '--no-auto-maintenance', '--update-shallow',
      ...this.commitsOnly ? ['--filter=tree:0'] : [], ...history, '--', this.remote.url, ...refspecs,
    ], { signal });
  }

  private async readRefs(refs: readonly string[]): Promise<Map<string, string>> {
    const lines = (await this.run(['for-each-ref', '--format=%(objectname) %(refname)', '--', ...refs.map(privateName)])).toString('utf8').split('\n');
    const found = new Map(lines.filter(line => line !== '').map(line => line.split(' ')).map(([id, ...name]) => [name.join(' '), id]));
    return new Map(refs.flatMap(ref => found.has(privateName(ref)) ? [[ref, found.get(privateName(ref)) as string]] : []));
  }

  /** @param format of the objects; as before where it is absent */
  private startAnew(format: ObjectFormat = this.folder.format): void {
    // A command that is still reading there may end.
    this.retired.push(this.folder);
    this.fetches = 0;
    this.folder = this.openFolder(true, format);
  }

  // Commits without their files must not be taken for whole ones.
  private openFolder(fresh: boolean, format?: ObjectFormat): PrivateFolder {
    return new PrivateFolder(ObjectCache.open(this.commitsOnly ? `${this.remote.url}#commits` : this.remote.url, fresh), format);
  }

  // Two fetches at once would fight for the lock of the list of shallow commits.
  private async exclusively<T>(action: () => Promise<T>): Promise<T> {
    const result = this.queue.then(action);
    this.queue = result.catch(() => {});
    return result;
  }
}

function privateName(ref: string): string {
  return `${PRIVATE}/${ref.slice('refs/'.length)}`;
}

/** ssh must not ask either. What the user has set about ssh stays. */
async function sshVariables(remote: Remote): Promise<Record<string, string>> {
  if (!isSsh(remote.url) || process.env.GIT_SSH_COMMAND || process.env.GIT_SSH || remote.settings.some(([key]) => key === 'core.sshcommand')) {
    return {};
  }
  const configured = await tryRunGit(['config', '--get', 'core.sshCommand']);
  return configured.exitCode === 0 ? {} : { GIT_SSH_COMMAND: 'ssh -o BatchMode=yes -o ConnectTimeout=30 -o ServerAliveInterval=20' };
}

/** git's words for a store of objects that is not whole. What comes from the other side looks the same; one more attempt costs little. */
function looksDamaged(stderr: string): boolean {
  return new RegExp([
    'bad object', 'corrupt', 'unable to read (tree|sha1|blob|commit|[0-9a-f]{40})', 'missing (blob|tree|commit|object)', 'necessary objects',
    'not a valid object', 'unresolved delta', 'far too short', 'index file', 'loose object', 'object file', 'invalid sha1', 'pack .*(cannot|is not)',
  ].join('|'), 'i').test(stderr);
}
