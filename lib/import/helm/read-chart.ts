import { spawnSync } from 'node:child_process';
import { existsSync, mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { FlotillaError } from '../../errors';
import { parseYaml } from '../../yaml/parse';

/** Which chart: a folder, a chart of a repository, or an OCI reference. */
export interface ChartReference {
  readonly chart: string;
  readonly repository?: string;
  readonly version?: string;
}

/** Variables of an environment. */
export type Environment = Readonly<Record<string, string | undefined>>;

/** What a chart says of its values. */
export interface ChartFiles {
  readonly name: string;
  readonly version: string;
  /** Names under which the values of other charts are found. */
  readonly dependencies: readonly string[];
  /** `values.yaml`; empty where there is none. */
  readonly values: string;
  /** `values.schema.json`. */
  readonly schema?: unknown;
}

/**
 * Reads a chart; one that is not a folder is pulled by `helm` to a temporary folder first.
 *
 * @param cwd The folder that paths are relative to.
 * @param env What helm finds in its environment beside that of this process.
 * @throws FLT2501 when there is no chart, FLT2502 when helm is missing or cannot pull it.
 */
export function readChart({ chart, repository, version }: ChartReference, cwd: string, env: Environment): ChartFiles {
  if (repository === undefined && !chart.startsWith('oci://')) {
    return readChartFolder(join(chart.startsWith('/') ? '' : cwd, chart), chart);
  }
  const folder = mkdtempSync(join(tmpdir(), 'flotilla-chart-'));
  try {
    const args = ['pull', chart, ...repository === undefined ? [] : ['--repo', repository], ...version === undefined ? [] : ['--version', version], '--untar', '--untardir', folder];
    const { status, stderr, error } = spawnSync('helm', args, { cwd, env: { ...process.env, ...env }, encoding: 'utf8' });
    if (error || status !== 0) {
      const missing = (error as NodeJS.ErrnoException | undefined)?.code === 'ENOENT';
      throw new FlotillaError('FLT2502', {
        what: missing ? `helm, which pulls the chart '${chart}', is not installed` : `helm cannot pull the chart '${chart}'`,
        fix: missing ? 'install helm 3 or newer (https://helm.sh/docs/intro/install/), or give a folder with the chart' : 'mend what helm complains about',
        cause: missing ? undefined : error ?? stderr,
      });
    }
    const [name] = readdirSync(folder, { withFileTypes: true }).filter(entry => entry.isDirectory()).map(entry => entry.name);
    return readChartFolder(join(folder, name ?? ''), chart);
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

function readChartFolder(folder: string, chart: string): ChartFiles {
  const file = join(folder, 'Chart.yaml');
  const description = existsSync(file) ? parseYaml(readFileSync(file, 'utf8'), join(chart, 'Chart.yaml')) as Record<string, unknown> | undefined : undefined;
  if (typeof description?.name !== 'string') {
    throw new FlotillaError('FLT2501', {
      what: description === undefined ? `'${chart}' is not a chart: it has no Chart.yaml` : `the Chart.yaml of '${chart}' names no chart`,
      where: { file },
      fix: 'name a folder with a chart, a chart and its --repository, or an `oci://` reference',
    });
  }
  const dependencies = Array.isArray(description.dependencies) ? description.dependencies as { name?: unknown; alias?: unknown }[] : [];
  const values = join(folder, 'values.yaml');
  const schema = join(folder, 'values.schema.json');
  return {
    name: description.name,
    version: String(description.version ?? ''),
    dependencies: dependencies.map(({ name, alias }) => alias ?? name).filter(each => typeof each === 'string'),
    values: existsSync(values) ? readFileSync(values, 'utf8') : '',
    ...existsSync(schema) ? { schema: parseSchema(readFileSync(schema, 'utf8'), schema) } : {},
  };
}

function parseSchema(text: string, file: string): unknown {
  try {
    return JSON.parse(text);
  } catch (cause) {
    throw new FlotillaError('FLT2503', { what: 'the values.schema.json of the chart is not JSON', where: { file }, fix: 'mend the file, or take it away: values.yaml is read then', cause });
  }
}
