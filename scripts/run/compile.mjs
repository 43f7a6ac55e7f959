import { createHash } from 'node:crypto';
import { existsSync, readdirSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { root, run } from './child.mjs';

const OUTPUT = join(root, 'build');
/** Which sources build/ was made of. In node_modules, because all that is in build/ gets published. */
const MARK = join(root, 'node_modules', '.flotilla-build');
const BUILD_INFO = join(root, 'node_modules', '.flotilla-build.tsbuildinfo');

/** Compiles lib/ to build/, unless build/ is newer. */
export async function compile() {
  const sources = listSources();
  const hash = createHash('sha256').update(JSON.stringify(sources)).digest('hex');
  const last = existsSync(MARK) ? JSON.parse(readFileSync(MARK, 'utf8')) : { paths: [] };
  if (last.hash === hash && existsSync(join(OUTPUT, 'index.js'))) {
    return 0;
  }
  process.stderr.write('compiling …\n');
  const paths = sources.map(([path]) => path);
  if (!existsSync(join(OUTPUT, 'index.js')) || last.paths.some(path => !paths.includes(path))) {
    // The compiler leaves what it made of sources that are gone, and does not make again what was taken away.
    rmSync(OUTPUT, { recursive: true, force: true });
    rmSync(BUILD_INFO, { force: true });
  }
  const code = await run(process.execPath, ['node_modules/typescript/bin/tsc', '-p', 'tsconfig.json', '--incremental', '--tsBuildInfoFile', BUILD_INFO]);
  if (code === 0) writeFileSync(MARK, JSON.stringify({ hash, paths }));
  return code;
}

function listSources() {
  const files = readdirSync(join(root, 'lib'), { recursive: true }).map(name => join('lib', name)).filter(path => path.endsWith('.ts'));
  return [...files.sort(), 'tsconfig.json', 'package-lock.json'].map(path => {
    const { mtimeMs, size } = statSync(join(root, path));
    return [path, mtimeMs, size];
  });
}
