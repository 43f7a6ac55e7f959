// `npm run soak -- [--minutes 60] [--pace 1500] [--seed 1]`: an agent under random commits and random changes by others. A JSON line a minute, and one at the end.
import { parseArgs } from 'node:util';
import { ControlPlane } from '../test/control-plane/control-plane.ts';
import { soak } from '../test/e2e/soak.ts';

const { values } = parseArgs({
  options: { minutes: { type: 'string', default: '60' }, pace: { type: 'string', default: '1500' }, seed: { type: 'string', default: String(Date.now() % 1_000_000) } },
});
const [minutes, paceMs, seed] = [values.minutes, values.pace, values.seed].map(Number);
if (![minutes, paceMs, seed].every(value => value > 0)) {
  process.stderr.write('usage: npm run soak -- [--minutes 60] [--pace 1500] [--seed 1]\n');
  process.exit(2);
}
const print = line => process.stdout.write(`${JSON.stringify(line)}\n`);
// With other seeds, other things happen; with this one, the same again.
process.stderr.write(`seed ${seed}\n`);
const plane = await ControlPlane.start({ name: 'soak' });
try {
  const result = await soak({ plane, seconds: minutes * 60, paceMs, seed, tell: print });
  print(result);
  process.exitCode = result.divergences.length + result.wrongDeletions.length > 0 ? 1 : 0;
} finally {
  await plane.stop();
}
