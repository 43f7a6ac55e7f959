import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { availableParallelism } from 'node:os';
import { join } from 'node:path';
import { WriteStream } from 'node:tty';
import { helmRequest, renderOne } from './requests';
import { counted, folderWith, useOwnCache } from './settings';
import { renderSources } from '../../lib/source/render-sources';
import { Progress } from '../../lib/source/runner/progress';
import { waitUntil } from '../control-plane/wait-until';

useOwnCache();

const FILES = { 'web/Chart.yaml': 'apiVersion: v2\nname: web\nversion: 1.0.0\n', 'kustomization.yaml': '' };

describe('a program that', () => {
  test.each([
    ['is not installed', () => { process.env.PATH = '/nowhere'; }, /the program helm was not found/, /neither kustomize nor kubectl was found/],
    ['is not where the variable says', () => {
      process.env.FLOTILLA_HELM = '/nowhere/helm';
      process.env.FLOTILLA_KUSTOMIZE = '/nowhere/kustomize';
    }, /FLOTILLA_HELM is "\/nowhere\/helm"/, /FLOTILLA_KUSTOMIZE is "\/nowhere\/kustomize"/],
  ])('%s is an error that says which, and how to get it', (_, set, helm, kustomize) => {
    const folder = folderWith(FILES);
    delete process.env.FLOTILLA_HELM;
    set();
    const [first] = renderOne(helmRequest(join(folder, 'web')), [folder]).errors;
    const [second] = renderOne({ type: 'kustomize', path: folder }, [folder]).errors;
    expect([first, second]).toEqual([
      expect.objectContaining({ code: 'FLT2103', what: expect.stringMatching(helm), fix: expect.stringContaining('https://helm.sh/docs/intro/install') }),
      expect.objectContaining({ code: 'FLT2103', what: expect.stringMatching(kustomize), fix: expect.stringContaining('https://kubectl.docs.kubernetes.io/installation/kustomize') }),
    ]);
  });

  test.each([
    ['hangs', 'sleep 1000', 'FLT2105', /helm template rel has not ended after 2 s/],
    ['hangs with all that it started', 'sleep 1000 & sleep 1000 & wait', 'FLT2105', /has not ended/],
    ['prints without end', 'exec yes', 'FLT2105', /printed more than 128 MiB/],
    ['cannot be started', '', 'FLT2103', /cannot be started/],
    ['dies', 'kill -9 $$', 'FLT2104', /helm cannot render/],
    ['prints what is no YAML', "echo '{'", 'FLT3002', /cannot be read as YAML/],
    ['prints what is no object', 'echo hello', 'FLT2112', /no Kubernetes object/],
  ])('%s is an error of the source', (name, script, code, what) => {
    const folder = folderWith(FILES);
    const program = counted(script);
    if (name === 'cannot be started') {
      writeFileSync(program.path, '#!/nowhere/sh\n');
    }
    process.env.FLOTILLA_HELM = program.path;
    process.env.FLOTILLA_SOURCE_TIMEOUT = name.startsWith('hangs') ? '2' : '60';
    const { manifests, errors } = renderOne(helmRequest(join(folder, 'web')), [folder]);
    expect([manifests, errors]).toEqual([[], [expect.objectContaining({ code, what: expect.stringMatching(what) })]]);
  });
});

test('programs run side by side, not more of them than there are cores; one that fails spoils no other', () => {
  const folder = folderWith(FILES);
  const at = join(folder, 'running');
  const script = [
    `mkdir -p '${at}'; touch "${at}/$$"; ls '${at}' | wc -l >> '${folder}/counts'; sleep 0.3; rm "${at}/$$"`,
    "for last; do :; done; case \"$*\" in *bad*) echo 'Error: bad' >&2; exit 1;; esac",
    "printf 'apiVersion: v1\\nkind: ConfigMap\\nmetadata: {name: web}\\n'",
  ].join('\n');
  process.env.FLOTILLA_HELM = counted(script).path;
  const requests = ['a', 'b', 'bad', 'd', 'e', 'f'].map(releaseName => helmRequest(join(folder, 'web'), { releaseName }));
  const results = [...renderSources(requests, { sourceFolders: [folder] }).values()];
  expect(results.map(({ errors, manifests }) => errors[0]?.cause ?? manifests.length)).toEqual([1, 1, 'Error: bad', 1, 1, 1]);
  const most = Math.max(...readFileSync(join(folder, 'counts'), 'utf8').trim().split('\n').map(Number));
  expect(most).toBeGreaterThanOrEqual(Math.min(2, availableParallelism()));
  expect(most).toBeLessThanOrEqual(availableParallelism());
});

describe('a synth that is stopped', () => {
  test.each([
    ['by Ctrl-C', (pid: number) => process.kill(-pid, 'SIGINT')],
    ['by a kill of its process alone', (pid: number) => process.kill(pid, 'SIGKILL')],
  ])('%s ends the programs, and leaves no folder', async (_, stop) => {
    const folder = folderWith(FILES);
    const temporary = folderWith({});
    const program = counted(`echo $$ > '${folder}/pid'; sleep 1000 & echo $! > '${folder}/below'; wait`);
    const main = join(folder, 'main.ts');
    writeFileSync(main, `
      import { renderSources } from '${process.cwd()}/lib/source/render-sources';
      console.log(JSON.stringify([...renderSources([${JSON.stringify(helmRequest(join(folder, 'web')))}], { sourceFolders: ['${folder}'] }).values()]));
    `);
    const env = { ...process.env, FLOTILLA_HELM: program.path, TMPDIR: temporary };
    const child = spawn(process.execPath, ['--import', 'tsx', main], { detached: true, env, stdio: ['ignore', 'pipe', 'ignore'] });
    const ended = once(child, 'close');
    await waitUntil('helm runs', async () => existsSync(join(folder, 'below')) && readFileSync(join(folder, 'below'), 'utf8').trim() !== '');
    expect(readdirSync(temporary).filter(name => name.startsWith('flotilla-sources-'))).toHaveLength(1);
    stop(child.pid!);
    await ended;
    const pids = ['pid', 'below'].map(name => Number(readFileSync(join(folder, name), 'utf8')));
    await waitUntil('the programs have ended', async () => pids.every(pid => !isRunning(pid)));
    await waitUntil('the folder is gone', async () => !readdirSync(temporary).some(name => name.startsWith('flotilla-sources-')));
  });
});

test('the line of progress is there on a terminal alone', () => {
  const lines = (isTTY: boolean): string[] => {
    const written: string[] = [];
    const progress = new Progress({ isTTY, columns: 30, write: (text: string) => written.push(text) } as unknown as WriteStream, 7);
    progress.begin('helm template ingress');
    progress.begin('kubectl kustomize components/backup/production');
    progress.end();
    return written;
  };
  expect(lines(true)).toEqual(['\r\u001b[2Khelm template ingres (1 of 7)', '\r\u001b[2Kkubectl kustomize co (2 of 7)', '\r\u001b[2K']);
  expect(lines(false)).toEqual([]);
});

/** Whether a process runs: one that has ended and that nobody asked about counts as ended. */
function isRunning(pid: number): boolean {
  try {
    return !/^\d+ \(.*\) Z/.test(readFileSync(`/proc/${pid}/stat`, 'utf8'));
  } catch {
    return false;
  }
}
