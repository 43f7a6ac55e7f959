// `npm test` and `npm run demo`, also in a fresh clone: installs and compiles what is missing, then runs it.
import { compile } from './run/compile.mjs';
import { run } from './run/child.mjs';
import { install } from './run/install.mjs';
import { test } from './run/test.mjs';
import { checkMachine } from './run/machine.mjs';

const tasks = {
  test,
  demo: args => run(process.execPath, ['--import', 'tsx', 'examples/boutique/demo.ts', ...args]),
};

const [name, ...args] = process.argv.slice(2);
if (!Object.hasOwn(tasks, name ?? '')) {
  process.stderr.write(`usage: node scripts/run.mjs ${Object.keys(tasks).join('|')} [arguments]\n`);
  process.exit(2);
}
process.exitCode = checkMachine() || await install() || await compile() || await tasks[name](args);
