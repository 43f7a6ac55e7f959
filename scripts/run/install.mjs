import { createHash } from 'node:crypto';
import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { root, run } from './child.mjs';

const LOCK = join(root, 'package-lock.json');
/** What npm says of the folder itself. */
const INSTALLED = join(root, 'node_modules', '.package-lock.json');
/** The hash of the lock file that was installed last. */
const MARK = join(root, 'node_modules', '.flotilla-install');
const QUIETLY = ['--no-audit', '--no-fund', '--loglevel=error'];

/** Installs the dependencies, unless they are there as package-lock.json wants them. */
export async function install() {
  const hash = createHash('sha256').update(readFileSync(LOCK)).digest('hex');
  if (existsSync(INSTALLED) && (existsSync(MARK) ? readFileSync(MARK, 'utf8') === hash : isAsLocked())) {
    writeFileSync(MARK, hash);
    return 0;
  }
  process.stderr.write('installing the dependencies: about a minute …\n');
  const code = await npm(['ci', ...QUIETLY]);
  if (code === 0) writeFileSync(MARK, hash);
  return code;
}

/** Whether somebody has run `npm ci` or `npm install` already. Optional packages are those of other platforms, and may be missing. */
function isAsLocked() {
  const wanted = JSON.parse(readFileSync(LOCK, 'utf8')).packages;
  const present = JSON.parse(readFileSync(INSTALLED, 'utf8')).packages;
  return Object.entries(wanted).every(([path, { version, optional, devOptional, peer }]) => path === ''
    || (present[path] ? present[path].version === version : optional || devOptional || peer));
}

function npm(args) {
  // npm that runs us says where it is; it is a script, which Windows cannot start by its name.
  const npmScript = process.env.npm_execpath;
  return npmScript?.endsWith('.js')
    ? run(process.execPath, [npmScript, ...args])
    : run('npm', args, { shell: process.platform === 'win32' });
}
