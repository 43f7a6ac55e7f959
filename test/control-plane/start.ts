import { parseArgs } from 'node:util';
import { startFleet } from './fleet';

const usage = `Starts Kubernetes control planes on this machine, and ends them at Ctrl-C.

  npx tsx test/control-plane/start.ts [--clusters 3] [--controllers]

  --clusters N     how many (default 1); their contexts are cluster-1, cluster-2, …
  --controllers    also run Deployments, Jobs and so on (without containers)
`;

async function main(): Promise<void> {
  const { values } = parseArgs({
    options: {
      clusters: { type: 'string', default: '1' },
      controllers: { type: 'boolean', default: false },
      help: { type: 'boolean', short: 'h', default: false },
    },
  });
  const clusters = Number(values.clusters);
  if (values.help || !Number.isInteger(clusters) || clusters < 1) {
    process.stderr.write(usage);
    process.exitCode = values.help ? 0 : 2;
    return;
  }
  const names = Array.from({ length: clusters }, (_, i) => `cluster-${i + 1}`);
  const since = Date.now();
  const { kubeconfig } = await startFleet(names, { controllers: values.controllers, progress: line => process.stderr.write(`${line}\n`) });
  process.stderr.write(`${clusters} ready after ${((Date.now() - since) / 1000).toFixed(1)} s; Ctrl-C ends them\n`);
  process.stdout.write(`export KUBECONFIG=${kubeconfig}\n`);
  // At Ctrl-C each process and each folder looks after its own end.
  setInterval(() => undefined, 60_000);
}

main().catch((e: unknown) => {
  process.stderr.write(`${e instanceof Error ? e.message : String(e)}\n`);
  process.exitCode = 1;
});
