import { execFileSync, spawn, type ChildProcess } from 'node:child_process';
import { existsSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { ControlPlane } from './control-plane';
import { describeWithCluster } from './describe-cluster';
import { isAlive } from './is-alive';
import { waitUntil } from './wait-until';

const parents: ChildProcess[] = [];
// Theirs, as who is killed leaves files.
const temporary = mkdtempSync(join(tmpdir(), 'flotilla-lifetime-test-'));
afterAll(() => {
  parents.forEach(parent => parent.kill('SIGKILL'));
  rmSync(temporary, { recursive: true, force: true });
});

/** Starts a Node program in TypeScript, and returns when it has printed what the pattern looks for. */
async function startParent(args: readonly string[], pattern: RegExp): Promise<{ parent: ChildProcess; printed: string }> {
  const parent = spawn(process.execPath, ['--import', 'tsx', ...args], { stdio: ['ignore', 'pipe', 'ignore'], env: { ...process.env, TMPDIR: temporary } });
  parents.push(parent);
  let output = '';
  parent.stdout!.on('data', (chunk: Buffer) => { output += chunk.toString(); });
  const printed = await waitUntil(`the parent prints ${pattern}`, () => pattern.exec(output)?.[1], { timeout: 120_000 });
  return { parent, printed };
}

function childrenOf(parent: ChildProcess): number[] {
  const rows = execFileSync('ps', ['-A', '-o', 'pid=,ppid='], { encoding: 'utf8' }).trim().split('\n').map(line => line.trim().split(/\s+/).map(Number));
  return rows.filter(([, ppid]) => ppid === parent.pid).map(([pid]) => pid!).filter(isAlive);
}

describe('a program that is bound to its parent', () => {
  test.each([
    ['pdeathsig', 'SIGKILL'], ['pdeathsig', 'SIGTERM'], ['watchdog', 'SIGKILL'], ['watchdog', 'SIGTERM'],
  ] as const)('with %s ends when the parent gets %s', async (guard, signal) => {
    if (guard === 'pdeathsig' && process.platform !== 'linux') return;
    const script = `const { spawnBound } = require(${JSON.stringify(join(__dirname, 'bound-process.ts'))});
      console.log('child ' + spawnBound('sleep', ['600'], { stdio: 'ignore' }, '${guard}').pid + '.');`;
    const { parent, printed } = await startParent(['-e', script], /child (\d+)\./);
    expect(isAlive(Number(printed))).toBe(true);
    parent.kill(signal);
    await waitUntil('the child has ended', () => !isAlive(Number(printed)), { timeout: 10_000 });
  });
});

describeWithCluster('the processes of a control plane', { controllers: true }, context => {
  test('they are five with controllers, each with its log', () => {
    expect(context.plane.pids).toHaveLength(5);
    expect(context.plane.logs().filter(existsSync)).toHaveLength(5);
  });

  test('stop leaves no process and no file', async () => {
    const plane = await ControlPlane.start({ name: 'stopped' });
    const { pids, kubeconfig } = plane;
    expect(pids).toHaveLength(2);
    expect(pids.filter(isAlive)).toEqual(pids);
    await plane.stop();
    expect(pids.filter(isAlive)).toEqual([]);
    expect(existsSync(dirname(dirname(kubeconfig)))).toBe(false);
  });

  test('stop keeps the logs on demand, and nothing else', async () => {
    const plane = await ControlPlane.start({ name: 'kept' });
    const [log] = plane.logs();
    await plane.stop({ keepLogs: true });
    expect(existsSync(log!)).toBe(true);
    expect(existsSync(plane.kubeconfig)).toBe(false);
    rmSync(dirname(dirname(log!)), { recursive: true });
  });

  test.each(['SIGKILL', 'SIGTERM', 'SIGINT'] as const)('none outlives a parent that gets %s', async signal => {
    const { parent, printed: kubeconfig } = await startParent([join(__dirname, 'start.ts'), '--controllers'], /KUBECONFIG=(\S+)/);
    const pids = childrenOf(parent);
    expect(pids.length).toBeGreaterThanOrEqual(5);
    parent.kill(signal);
    await waitUntil('all have ended', () => !pids.some(isAlive), { timeout: 10_000 });
    // SIGKILL leaves no time to tidy up.
    if (signal !== 'SIGKILL') await waitUntil('the files are gone', () => !existsSync(kubeconfig));
  }, 180_000);
});
