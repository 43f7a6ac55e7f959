import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { dirname, join, relative, resolve } from 'node:path';
import { chartFailed } from './helm-failure';
import { describeJob, HelmJob } from './job';
import { Ended, Programs } from './programs';
import { FlotillaError } from '../../errors';
import { ChanceScan, copyAtOtherTime, copyReplaced, copyWithout, findChance, listArchives } from '../helm/chance';
import { findDifferences } from '../helm/differences';
import { parseHelmOutput } from '../helm/output';
import { SourceManifest } from '../request';

/** Where a chart is rendered, and what for. */
export interface HelmPlace {
  readonly programs: Programs;
  /** Where relative paths start. */
  readonly cwd: string;
  /** For intermediate files. */
  readonly folder: string;
}

/**
 * Renders a chart as `helm template` does.
 *
 * A chart may ask for the time, or for a random number. Whether it does with these values is told by a copy in which such a function fails: one that
 * renders all the same asks for nothing, and its output is the chart's. Otherwise the chart is rendered twice, the second time at another time, and
 * must come out equal.
 *
 * @throws FLT2104 with helm's own message, FLT2110 for a chart that differs from run to run, FLT3002 and FLT2112 for what is no object
 */
export async function renderChart(job: HelmJob, place: HelmPlace): Promise<SourceManifest[]> {
  const folder = mkdtempSync(join(place.folder, 'helm-'));
  const values = join(folder, 'values.json');
  writeFileSync(values, JSON.stringify(job.request.values), { mode: 0o600 });
  const render = async (chart: string): Promise<Ended> => place.programs.run(job.program, templateArguments(job, chart, values, place.cwd), describeJob(job));
  const chart = resolve(place.cwd, job.chart);
  const { scan, unpacked } = job.request.deterministic ? await scanChart(job, chart, folder, place.programs) : { scan: UNSCANNED, unpacked: chart };
  if (scan.calls.length > 0 && !scan.elsewhere) {
    copyWithout(unpacked, join(folder, 'without'));
    const ended = await render(join(folder, 'without'));
    if (ended.status === 0) {
      return parseHelmOutput(ended.stdout, job.request.chart);
    }
  }
  const ended = await render(chart);
  if (ended.status !== 0) {
    throw chartFailed(job, ended.stderr, keepValues(job));
  }
  const manifests = parseHelmOutput(ended.stdout, job.request.chart);
  if (scan.calls.length > 0 || scan.elsewhere) {
    copyAtOtherTime(unpacked, join(folder, 'later'));
    const later = await render(join(folder, 'later'));
    checkEqual(job, scan, manifests, later.status === 0 ? parseHelmOutput(later.stdout, job.request.chart) : []);
  }
  return manifests;
}

/** Of a chart that may differ. */
const UNSCANNED: ChanceScan = { calls: [], elsewhere: false };

/** The arguments for one rendering; what comes from the user is behind flags, or behind `--`. */
function templateArguments({ request, valuesFiles }: HelmJob, chart: string, values: string, cwd: string): string[] {
  // A short path makes a short message; and a name without a slash could be that of a repository's chart.
  const short = relative(cwd, chart);
  return [
    'template', '--namespace', request.namespace, '--kube-version', fullVersion(request.kubeVersion), ...(request.includeCrds ? ['--include-crds'] : []),
    ...request.apiVersions.flatMap(version => ['--api-versions', version]), ...[...valuesFiles, values].flatMap(file => ['--values', file]),
    '--', request.releaseName, short.startsWith('..') ? chart : `./${short}`,
  ];
}

/** `1.36.0` of `1.36`: templates print it, and compare it as text. */
function fullVersion(version: string): string {
  return /^v?\d+\.\d+$/.test(version) ? `${version}.0` : version;
}

/** Looks for functions that differ from run to run, in archives of subcharts too: those are unpacked in a copy. */
async function scanChart(job: HelmJob, chart: string, folder: string, programs: Programs): Promise<{ scan: ChanceScan; unpacked: string }> {
  const values = [...textsIn(job.request.values), ...job.valuesFiles.map(file => readFileSync(file, 'utf8'))];
  if (listArchives(chart).length === 0) {
    return { scan: findChance(chart, values), unpacked: chart };
  }
  const unpacked = join(folder, 'unpacked');
  copyReplaced(chart, unpacked);
  const tar = { name: 'tar', path: 'tar', first: [] };
  for (const archive of listArchives(unpacked)) {
    const { status } = await programs.run(tar, ['-xzf', archive.split('/').at(-1)!, '-C', '.'], `tar -xzf ${archive}`, {}, join(unpacked, dirname(archive)));
    if (status !== 0) {
      // helm says what is wrong with it.
      return { scan: { calls: [], elsewhere: true }, unpacked: chart };
    }
    // Of a subchart that is there twice, helm takes either.
    rmSync(join(unpacked, archive));
  }
  return { scan: findChance(unpacked, values), unpacked };
}

function textsIn(value: unknown): string[] {
  return typeof value === 'string' ? [value] : typeof value === 'object' && value !== null ? Object.values(value).flatMap(textsIn) : [];
}

function checkEqual(job: HelmJob, { calls }: ChanceScan, first: readonly SourceManifest[], second: readonly SourceManifest[]): void {
  const differences = findDifferences(first, second);
  if (differences.length > 0) {
    const shown = differences.slice(0, 5).join(', ') + (differences.length > 5 ? ` and ${differences.length - 5} more` : '');
    const functions = calls.slice(0, 5).map(call => `${call.function} (${call.place})`).join(', ');
    throw new FlotillaError('FLT2110', {
      what: `the chart ${job.request.chart} comes out differently at each run: ${shown}`,
      fix: `give it by values what it makes up itself${functions ? ` by ${functions}` : ''}, so that Git does not change at each synth, or accept it: \`deterministic: false\``,
    });
  }
}

/** The values in a file that stays, for who wants to try it by hand. */
function keepValues(job: HelmJob): string | undefined {
  if (Object.keys(job.request.values).length === 0) {
    return undefined;
  }
  try {
    mkdirSync(dirname(job.keepValues), { recursive: true, mode: 0o700 });
    writeFileSync(job.keepValues, JSON.stringify(job.request.values, undefined, 2), { mode: 0o600 });
    return job.keepValues;
  } catch {
    return undefined;
  }
}
