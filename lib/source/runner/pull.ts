import { existsSync, mkdtempSync, mkdirSync, readdirSync, renameSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { HelmJob } from './job';
import { Programs } from './programs';
import { FlotillaError } from '../../errors';
import { maskCredentials } from '../../git/mask';
import { touch } from '../cache';

/** Fetches charts that are elsewhere, each once, whatever number of renderings waits for it. */
export class Pulls {
  private readonly begun = new Map<string, Promise<string>>();

  /** @param folder for a chart that cannot be kept */
  constructor(private readonly programs: Programs, private readonly folder: string) {}

  /** The folder of the chart. Throws FLT2109 with helm's own message. */
  public async chartOf(job: HelmJob): Promise<string> {
    const pulled = this.begun.get(job.chart) ?? this.pull(job);
    this.begun.set(job.chart, pulled);
    return pulled;
  }

  private async pull(job: HelmJob): Promise<string> {
    if (existsSync(job.chart)) {
      touch(job.chart);
      return onlyFolder(job.chart);
    }
    const { chart, repository, version } = job.request;
    const unfinished = this.unfinishedFolder(job);
    const { status, stderr } = await this.programs.run(job.program, [
      'pull', ...(repository === undefined ? [] : ['--repo', repository]), ...(version === undefined ? [] : ['--version', version]),
      '--untar', '--untardir', unfinished, '--', chart,
    ], `helm pull ${chart}`);
    if (status !== 0) {
      throw new FlotillaError('FLT2109', {
        what: `helm cannot fetch the chart ${chart}${version === undefined ? '' : ` ${version}`}${repository === undefined ? '' : ` of ${maskCredentials(repository)}`}`,
        cause: maskCredentials(stderr) || 'helm said nothing',
        fix: 'correct name, version and repository; see that this machine can reach it (`helm registry login` for a private registry)',
      });
    }
    // A chart has the name of its folder, whatever the name by which it was asked for; an archive of the same name may lie beside it.
    const folder = onlyFolder(unfinished);
    try {
      renameSync(unfinished, job.chart);
      return join(job.chart, folder.slice(unfinished.length));
    } catch {
      // It cannot be kept, or somebody else has been quicker.
      return folder;
    }
  }

  private unfinishedFolder(job: HelmJob): string {
    try {
      mkdirSync(dirname(job.chart), { recursive: true, mode: 0o700 });
      return mkdtempSync(`${job.chart}.`);
    } catch {
      return mkdtempSync(join(this.folder, 'chart-'));
    }
  }
}

function onlyFolder(folder: string): string {
  const name = readdirSync(folder, { withFileTypes: true }).find(entry => entry.isDirectory())?.name;
  return name === undefined ? folder : join(folder, name);
}
