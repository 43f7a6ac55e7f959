// Makes API.md from the docstrings of what lib/index.ts exports: `npm run api`. With --check it only tells whether API.md is that already.
import { spawnSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { Application, TSConfigReader, TypeDocReader } from 'typedoc';

const root = join(dirname(fileURLToPath(import.meta.url)), '..');
const file = join(root, 'API.md');
const NOTE = '<!-- Made by `npm run api` from the docstrings in lib/; edit those. -->';
const SHOWN = 30;

async function generate() {
  const out = mkdtempSync(join(tmpdir(), 'flotilla-api-'));
  try {
    const settings = { options: join(root, 'typedoc.json'), out, logLevel: 'Warn' };
    const app = await Application.bootstrapWithPlugins(settings, [new TypeDocReader(), new TSConfigReader()]);
    const project = await app.convert();
    if (!project || app.logger.hasErrors()) {
      throw new Error('typedoc found errors');
    }
    app.validate(project);
    await app.generateOutputs(project);
    const [title, ...rest] = readFileSync(join(out, 'API.md'), 'utf8').trimEnd().split('\n');
    return `${[title, '', NOTE, ...rest].join('\n')}\n`;
  } finally {
    rmSync(out, { recursive: true, force: true });
  }
}

/** The first lines that differ, as git shows them. */
function difference(wanted) {
  const folder = mkdtempSync(join(tmpdir(), 'flotilla-api-'));
  try {
    const other = join(folder, 'API.md');
    writeFileSync(other, wanted);
    const { stdout } = spawnSync('git', ['diff', '--no-index', '--no-color', '--no-ext-diff', '--unified=0', '--', file, other], { encoding: 'utf8' });
    const lines = stdout.split('\n').filter(line => /^(@@|[-+](?!--|\+\+))/.test(line));
    return [...lines.slice(0, SHOWN), ...(lines.length > SHOWN ? [`… ${lines.length - SHOWN} more lines`] : [])].join('\n');
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

function readPresent() {
  try {
    return readFileSync(file, 'utf8').replaceAll('\r\n', '\n');
  } catch {
    return '';
  }
}

const present = readPresent();
const wanted = await generate();
if (present === wanted) {
  console.log('API.md is up to date');
} else if (process.argv.includes('--check')) {
  console.error(`API.md is not what the docstrings say: run \`npm run api\`\n\n${difference(wanted)}`);
  process.exitCode = 1;
} else {
  writeFileSync(file, wanted);
  console.log('API.md is written');
}
