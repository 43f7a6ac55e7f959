import { readFileSync } from 'node:fs';
import { dirname, relative, resolve } from 'node:path';
import { likeness } from './likeness';
import { Range } from './literal';
import { Module, OverlayLiteral } from './module';

/** Extensions of modules, and what a name without one may stand for. */
const ENDINGS = ['', '.ts', '.mts', '.cts', '.js', '.mjs', '.cjs', '/index.ts', '/index.js'];
/** Enough for any program of a fleet; what is beyond it is found in vain. */
const MAX_DECLARATIONS = 2000;
const MAX_MODULES = 1000;

/**
 * Finds in the text of a program where overlays were written: values have no line of their own, their literals do.
 *
 * It follows the value of `overlays` in the call that created their owner, through the constants, functions and imports that are named in it, and takes
 * for each overlay the literal that is most like it. Where that finds none, any literal of the program will do that no other is as much like.
 *
 * @param owner The line of the call, as `fleet.ts:12:3`, relative to the working directory.
 * @param overlays Overlays of one owner, in their order.
 * @returns For each its line, as `service.ts:8:5`; undefined where it is not to be found.
 */
export function findOverlays(owner: string | undefined, overlays: readonly object[]): (string | undefined)[] {
  const match = owner === undefined ? null : /^(.*):(\d+):(\d+)$/.exec(owner);
  if (!match) {
    return overlays.map(() => undefined);
  }
  const program = new Program();
  const module = program.tryModule(resolve(match[1]));
  const call = module?.tryCallAt(Number(match[2]), Number(match[3]));
  const near = module && call ? program.literalsIn(module, module.tryValueOf('overlays', call) ?? call) : [];
  let last = -1;
  return overlays.map(overlay => {
    const best = bestOf(near, overlay);
    if (best.length === 0) {
      const anywhere = module ? bestOf(program.literalsOf(module), overlay) : [];
      return anywhere.length === 1 ? anywhere[0].site : undefined;
    }
    // Those that are alike stand in the order of the overlays.
    const next = best.find(found => near.indexOf(found) > last) ?? best[0];
    last = near.indexOf(next);
    return next.site;
  });
}

function bestOf(literals: readonly OverlayLiteral[], overlay: object): OverlayLiteral[] {
  const scored = literals.map(found => ({ found, score: likeness(found.literal, overlay) ?? -1 }));
  const most = Math.max(0, ...scored.map(({ score }) => score));
  return scored.filter(({ score }) => score === most).map(({ found }) => found);
}

/** The modules of a program, each read once. */
class Program {
  private readonly modules = new Map<string, Module | undefined>();

  public tryModule(path: string): Module | undefined {
    if (!this.modules.has(path)) {
      this.modules.set(path, tryRead(path));
    }
    return this.modules.get(path);
  }

  /** The literals of overlays in a part of a module and in what it names, in the order of the text. */
  public literalsIn(module: Module, range: Range, seen = new Set<string>()): OverlayLiteral[] {
    const found: OverlayLiteral[] = [];
    for (let at = range.from; at < range.to; at++) {
      const { kind, text } = module.tokens[at];
      const overlay = module.tryOverlayAt(at);
      if (overlay) {
        found.push(overlay);
      } else if (kind === 'word' && !['.', '?.'].includes(module.tokens[at - 1]?.text) && module.tokens[at + 1]?.text !== ':') {
        found.push(...this.literalsOfName(module, text, seen));
      } else if (kind === 'word' && module.tokens[at - 1]?.text === '.') {
        // `overlays.standard()` of a namespace import: its own declaration is in the module that the namespace names.
        const others = module.named.flatMap(name => this.tryNamed(module, name) ?? []);
        found.push(...others.flatMap(other => this.literalsOfName(other, text, seen)));
      }
    }
    return found;
  }

  /** All literals of overlays in a module and in those that it leads to. */
  public literalsOf(start: Module): OverlayLiteral[] {
    const modules = new Set([start, ...[process.argv[1]].flatMap(entry => (entry === undefined ? [] : this.tryModule(resolve(entry)) ?? []))]);
    for (const module of modules) {
      if (modules.size < MAX_MODULES) {
        module.named.forEach(name => {
          const next = this.tryNamed(module, name);
          if (next) {
            modules.add(next);
          }
        });
      }
    }
    return [...modules].flatMap(module => module.tokens.flatMap((_, index) => module.tryOverlayAt(index) ?? []));
  }

  private literalsOfName(module: Module, name: string, seen: Set<string>): OverlayLiteral[] {
    const key = `${module.file} ${name}`;
    if (seen.has(key) || seen.size > MAX_DECLARATIONS) {
      return [];
    }
    seen.add(key);
    const declared = module.tryDeclaration(name);
    if (declared && 'range' in declared) {
      return this.literalsIn(module, declared.range, seen);
    }
    const others = (declared ? [declared.from] : module.handedOn).flatMap(other => this.tryNamed(module, other) ?? []);
    return others.flatMap(other => this.literalsOfName(other, declared ? declared.name : name, seen));
  }

  /** A module by how another one names it; none for a package. */
  private tryNamed(from: Module, name: string): Module | undefined {
    if (!name.startsWith('.')) {
      return undefined;
    }
    const path = resolve(dirname(resolve(from.file)), name);
    // TypeScript names the files that it will write: './service.js' is service.ts.
    for (const candidate of [...ENDINGS.map(ending => path + ending), path.replace(/\.([mc]?)js$/, '.$1ts')]) {
      const module = this.tryModule(candidate);
      if (module) {
        return module;
      }
    }
    return undefined;
  }
}

function tryRead(path: string): Module | undefined {
  try {
    return new Module(relative(process.cwd(), path).replaceAll('\\', '/'), readFileSync(path, 'utf8'));
  } catch {
    // A folder, or nothing at all: another ending may fit.
    return undefined;
  }
}
