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
  // `npm ci` refuses a lock file that lacks the optional packages of another platform, as it is where a registry does not have them (EUSAGE).
  // `npm install --no-save` takes the same versions and leaves the lock file as it is.
  let code = await npm(['ci', ...QUIETLY], { quiet: true });
  // From 128 on, it was stopped.
  if (code !== 0 && code < 128) code = await npm(['install', '--no-save', ...QUIETLY]);
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

function npm(args, options) {
  // npm that runs us says where it is; it is a script, which Windows cannot start by its name.
  const npmScript = process.env.npm_execpath;
  return npmScript?.endsWith('.js')
    ? run(process.execPath, [npmScript, ...args], options)
    : run('npm', args, { ...options, shell: process.platform === 'win32' });
}
