import { readdirSync, statSync } from 'node:fs';
import { join } from 'node:path';

/** Whether a path has characters that make it a glob. */
export function isGlob(path: string): boolean {
  return /[*?{[]/.test(path);
}

/**
 * The files that a glob names, sorted. `*` and `?` stand for characters of one name, `[ab]` for one of these, `{a,b}` for one of the texts, `**` for any
 * number of folders. Names that begin with a dot are left out, unless the glob has the dot.
 *
 * @param glob with `/`, relative to a folder or absolute
 */
export function listGlob(glob: string, folder: string): string[] {
  const found = expandBraces(glob).flatMap(one => {
    const parts = one.split('/').filter((part, i) => part !== '.' && (part !== '' || i === 0));
    return parts[0] === '' ? walk('/', parts.slice(1)) : walk(folder, parts);
  });
  return [...new Set(found)].sort();
}

/** `a{b,c{d,e}}` is `ab`, `acd` and `ace`. */
function expandBraces(glob: string): string[] {
  const innermost = /\{([^{}]*)\}/.exec(glob);
  if (!innermost) {
    return [glob];
  }
  const [before, after] = [glob.slice(0, innermost.index), glob.slice(innermost.index + innermost[0].length)];
  return innermost[1].split(',').flatMap(choice => expandBraces(before + choice + after));
}

function walk(folder: string, parts: readonly string[]): string[] {
  if (parts.length === 0) {
    return [];
  }
  const [part, ...rest] = parts;
  if (part === '**') {
    // Links to folders are not followed here: they may lead in circles.
    const below = entriesIn(folder).filter(entry => entry.isDirectory() && !entry.name.startsWith('.'));
    return [...walk(folder, rest.length > 0 ? rest : ['*']), ...below.flatMap(entry => walk(join(folder, entry.name), parts))];
  }
  const names = isGlob(part) ? entriesIn(folder).map(entry => entry.name).filter(name => matches(name, part)) : [part];
  return names.flatMap(name => {
    const path = join(folder, name);
    const stats = statSync(path, { throwIfNoEntry: false });
    return rest.length > 0 ? (stats?.isDirectory() ? walk(path, rest) : []) : stats?.isFile() ? [path] : [];
  });
}

function entriesIn(folder: string) {
  try {
    return readdirSync(folder, { withFileTypes: true });
  } catch {
    return [];
  }
}

function matches(name: string, part: string): boolean {
  if (name.startsWith('.') && !part.startsWith('.')) {
    return false;
  }
  const pattern = part.replace(/\[(!?)([^\]]+)\]|\*+|\?|[.+^${}()|\\[\]]/g, (token: string, not: string | undefined, set: string | undefined) => {
    if (set !== undefined) {
      return `[${not ? '^' : ''}${set.replace(/[\\\]^]/g, '\\$&')}]`;
    }
    return token.startsWith('*') ? '[^/]*' : token === '?' ? '[^/]' : `\\${token}`;
  });
  return new RegExp(`^${pattern}$`).test(name);
}
