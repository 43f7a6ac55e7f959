import { readFileSync, rmSync, writeFileSync } from 'node:fs';
import { availableParallelism } from 'node:os';
import { join } from 'node:path';
import { download } from './download';
import { renderChart } from './helm';
import { describeJob, Job, Outcome, RunnerInput } from './job';
import { renderKustomization } from './kustomize';
import { Programs } from './programs';
import { Progress } from './progress';
import { Pulls } from './pull';
import { sourceErrors } from '../source-error';

/** A process of its own, because a synth waits for it without any event loop: it renders what it is given, several at a time. */
const input = JSON.parse(readFileSync(process.argv[2], 'utf8')) as RunnerInput;
const programs = new Programs(input.cwd, input.timeoutMs);
const pulls = new Pulls(programs, input.folder);
const progress = new Progress(process.stderr, input.jobs.length);

for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) {
  process.on(signal, stop);
}

// Whoever waits may be killed: then nobody wants what comes.
const parent = process.ppid;
setInterval(() => {
  if (process.ppid !== parent) {
    stop();
  }
}, 500).unref();

void renderAll(input.jobs).then(() => progress.end());

/** Ctrl-C ends the process that waits as well, so it cannot remove the folder. */
function stop(): never {
  programs.endAll();
  progress.end();
  rmSync(input.folder, { recursive: true, force: true });
  process.exit(130);
}

async function renderAll(jobs: readonly Job[]): Promise<void> {
  const waiting = [...jobs.entries()];
  await Promise.all(Array.from({ length: Math.min(availableParallelism(), jobs.length) }, async () => {
    for (let next = waiting.shift(); next !== undefined; next = waiting.shift()) {
      const [i, job] = next;
      progress.begin(describeJob(job));
      writeFileSync(join(input.folder, `${i}.json`), JSON.stringify(await outcomeOf(job)), { mode: 0o600 });
    }
  }));
}

async function outcomeOf(job: Job): Promise<Outcome> {
  try {
    switch (job.type) {
      case 'helm': {
        const chart = job.remote ? await pulls.chartOf(job) : job.chart;
        return { manifests: await renderChart({ ...job, chart }, { programs, cwd: input.cwd, folder: input.folder }) };
      }
      case 'kustomize':
        return { manifests: await renderKustomization(job, programs) };
      case 'download':
        return { text: await download(job, input.timeoutMs) };
    }
  } catch (error) {
    return { errors: sourceErrors(error, `what ${describeJob(job)} needs`) };
  }
}
