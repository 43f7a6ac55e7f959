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

/** Runs the real kubectl and returns what it printed. Throws with what it complained about when it fails, and says so when there is none. */
export function kubectl(args: readonly string[], options: KubectlOptions): Promise<string> {
  // Its cache is keyed by host and port, and our ports come again with other clusters behind them.
  const cache = join(dirname(options.kubeconfig), 'kubectl-cache');
  return new Promise((resolve, reject) => {
    const child = execFile('kubectl', [`--kubeconfig=${options.kubeconfig}`, `--cache-dir=${cache}`, ...args],
      { cwd: options.cwd, env: { ...process.env, ...options.env }, maxBuffer: 256 * 1024 * 1024 },
      (error, stdout, stderr) => {
        if (!error) resolve(stdout);
        else if (error.code === 'ENOENT') reject(new Error('kubectl is not installed on this machine; this test compares with the real one'));
        else reject(new Error(`kubectl ${args.join(' ')}: ${stderr.trim() || error.message}`));
      });
    child.stdin?.end(options.stdin ?? '');
  });
}
