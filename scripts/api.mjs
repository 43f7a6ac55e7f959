// Makes API.md from the docstrings of what lib/index.ts exports: `npm run api`. With --check it only tells whether API.md is that already.
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { Application, TSConfigReader, TypeDocReader } from 'typedoc';

const root = join(dirname(fileURLToPath(import.meta.url)), '..');
const file = join(root, 'API.md');
const NOTE = '<!-- Made by `npm run api` from the docstrings in lib/; edit those. -->';
const SHOWN = 15;

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

/** The lines between the first and the last that differ. */
function difference(before, after) {
  const [a, b] = [before.split('\n'), after.split('\n')];
  let start = 0;
  while (start < a.length && a[start] === b[start]) start++;
  let end = 0;
  while (end < Math.min(a.length, b.length) - start && a[a.length - 1 - end] === b[b.length - 1 - end]) end++;
  const show = (lines, sign) => {
    const differing = lines.slice(start, lines.length - end);
    const more = differing.length - SHOWN;
    return [...differing.slice(0, SHOWN).map(line => `${sign} ${line}`), ...(more > 0 ? [`${sign} … ${more} more lines`] : [])];
  };
  return [`API.md:${start + 1}`, ...show(a, '-'), ...show(b, '+')].join('\n');
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
  console.error(`API.md is not what the docstrings say: run \`npm run api\`\n\n${difference(present, wanted)}`);
  process.exitCode = 1;
} else {
  writeFileSync(file, wanted);
  console.log('API.md is written');
}
