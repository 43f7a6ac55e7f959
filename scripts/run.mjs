// `npm test`, `npm run demo`, `npm run soak` and `npm run bench`, also in a fresh clone: installs and compiles what is missing, then runs it.
import { readdirSync } from 'node:fs';
import { join } from 'node:path';
import { compile } from './run/compile.mjs';
import { root, run } from './run/child.mjs';
import { install } from './run/install.mjs';
import { test } from './run/test.mjs';
import { checkMachine } from './run/machine.mjs';

const tasks = {
  test,
  bench: ([name, ...args]) => run(process.execPath, ['--import', 'tsx', benchmark(name), ...args]),
  soak: args => run(process.execPath, ['--import', 'tsx', 'scripts/soak.mjs', ...args]),
  demo: args => run(process.execPath, ['--import', 'tsx', 'examples/boutique/demo.ts', ...args]),
};

/** The file of a benchmark; without its name, the names there are. */
function benchmark(name) {
  const folder = join(root, 'bench');
  // Each has a folder of its own for what it needs; `peers/` is everybody's.
  const known = readdirSync(folder, { withFileTypes: true }).filter(entry => entry.isDirectory() && entry.name !== 'peers').map(entry => entry.name);
  if (!known.includes(name)) {
    process.stderr.write(`usage: npm run bench -- ${known.join('|')} [--size N] [--runs N]\n`);
    process.exit(2);
  }
  return join(folder, `${name}.ts`);
}

const [name, ...args] = process.argv.slice(2);
if (!Object.hasOwn(tasks, name ?? '')) {
  process.stderr.write(`usage: node scripts/run.mjs ${Object.keys(tasks).join('|')} [arguments]\n`);
  process.exit(2);
}
process.exitCode = checkMachine() || await install() || await compile() || await tasks[name](args);
