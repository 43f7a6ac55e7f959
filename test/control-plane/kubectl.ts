import { execFile } from 'node:child_process';
import { dirname, join } from 'node:path';

export interface KubectlOptions {
  readonly kubeconfig: string;
  /** Goes to its standard input: a manifest for `-f -`. */
  readonly stdin?: string;
  readonly cwd?: string;
  /** Besides this process's own variables. */
  readonly env?: Readonly<Record<string, string>>;
}

/** What a run of kubectl came to. */
export interface KubectlRun {
  readonly code: number;
  readonly stdout: string;
  readonly stderr: string;
}

/** Runs the real kubectl and returns what it printed. Throws with what it complained about when it fails, and says so when there is none. */
export async function kubectl(args: readonly string[], options: KubectlOptions): Promise<string> {
  const { code, stdout, stderr } = await runKubectl(args, options);
  if (code !== 0) throw new Error(`kubectl ${args.join(' ')}: ${stderr.trim() || `exit code ${code}`}`);
  return stdout;
}

/** Runs the real kubectl, whatever comes of it. Throws when there is none. */
export function runKubectl(args: readonly string[], options: KubectlOptions): Promise<KubectlRun> {
  // Its cache is keyed by host and port, and our ports come again with other clusters behind them.
  const cache = join(dirname(options.kubeconfig), 'kubectl-cache');
  return new Promise((resolve, reject) => {
    const child = execFile('kubectl', [`--kubeconfig=${options.kubeconfig}`, `--cache-dir=${cache}`, ...args],
      { cwd: options.cwd, env: { ...process.env, ...options.env }, maxBuffer: 256 * 1024 * 1024 },
      (error, stdout, stderr) => {
        if (!error || typeof error.code === 'number') resolve({ code: error ? Number(error.code) : 0, stdout, stderr });
        else if (error.code === 'ENOENT') reject(new Error('kubectl is not installed on this machine; this test compares with the real one'));
        else reject(new Error(`kubectl ${args.join(' ')}: ${stderr.trim() || error.message}`));
      });
    // Who ends without reading it has its reasons, and tells them otherwise.
    child.stdin?.on('error', () => undefined);
    child.stdin?.end(options.stdin ?? '');
  });
}
