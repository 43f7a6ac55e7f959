import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createColors } from 'picocolors';
import ts from 'typescript';
import { ROOT } from './source-file';
import { Io } from '../../lib/cli/io';
import { runCommand } from '../../lib/cli/run';

const page = readFileSync(join(ROOT, 'docs', 'commands.md'), 'utf8');
const sections = new Map(page.split(/^(?=## )/m).slice(1).map(text => [/^## (.*)$/m.exec(text)?.[1] ?? '', text]));

describe('docs/commands.md', () => {
  test('has a section for every command, and for no other', async () => {
    const listed = (await Promise.all((await commandsOf([])).map(async name => {
      const below = await commandsOf([name]);
      return below.length > 0 ? below.map(sub => `${name} ${sub}`) : [name];
    }))).flat();
    expect(listed).not.toEqual([]);
    expect([...sections.keys()].filter(name => name !== 'Where the tree is')).toEqual(listed);
  });

  test('names every option of every command, and no other', async () => {
    const wrong: string[] = [];
    for (const [name, text] of sections) {
      if (name === 'Where the tree is') {
        continue;
      }
      const real = optionsIn(await help(name.split(' ')), /^ {2}(-.*?)(?: {2}|$)/gm);
      const told = optionsIn(text, /^\| (`-.*?) \|/gm);
      wrong.push(...[...real].filter(option => !told.has(option) && option !== '--help').map(option => `${name} has ${option}, which is not described`));
      wrong.push(...[...told].filter(option => !real.has(option)).map(option => `${name} has no ${option}`));
    }
    expect(wrong).toEqual([]);
  });

  // What the library returns is what is printed: errors by their `toJSON`, everything else as it is.
  test('describes what `-o json` prints: each schema and the type of the result are the same', () => {
    const blocks = [...page.matchAll(/^```ts\n([^]*?)^```$/gm)].map(match => match[1]).join('\n');
    const source = `
      import type { BootstrapResult } from '${ROOT}/lib/bootstrap/bootstrap';
      import type { Registration } from '${ROOT}/lib/bootstrap/register-cluster';
      import type { CommitResult } from '${ROOT}/lib/git/commit';
      import type { FlotillaError } from '${ROOT}/lib/errors';
      import type { Explanation } from '${ROOT}/lib/explain/explanation';
      import type { ApplyResult } from '${ROOT}/lib/reconcile/apply';
      import type { FleetPreview } from '${ROOT}/lib/reconcile/preview';
      import type { FleetStatus } from '${ROOT}/lib/reconcile/status';
      import type { ChangeGroup } from '${ROOT}/lib/tree/diff-groups';
      ${blocks}
      type Json<T> = T extends FlotillaError ? Json<ReturnType<FlotillaError['toJSON']>>
        : T extends readonly (infer I)[] ? Json<I>[]
        : T extends object ? { -readonly [K in keyof T]: Json<T[K]> } : T;
      type Same<A, B> = (<T>() => T extends Json<A> ? 1 : 2) extends (<T>() => T extends Json<B> ? 1 : 2) ? true
        : [Json<A>] extends [Json<B>] ? [Json<B>] extends [Json<A>] ? 'one of them lacks an optional field' : 'the schema is too wide' : 'the schema is wrong';
      type Numbers = { fleet: string; clusters: number; targets: number; objects: number };
      const results: [
        Same<ApplyResult, ApplyOutput>, Same<FleetStatus, StatusOutput>, Same<FleetPreview, PlanOutput>,
        Same<{ fleet: string; commit?: string; groups: ChangeGroup[] }, DiffOutput>,
        Same<Numbers & CommitResult, SynthBranchOutput>,
        Same<{ cluster: string; application: string; digest: string } & Pick<CommitResult, 'outcome' | 'commit'>, ApproveOutput>,
        Same<BootstrapResult, BootstrapOutput>, Same<Registration, ClusterAddOutput>, Same<Explanation, ExplainOutput>,
      ] = [true, true, true, true, true, true, true, true, true];
      export type { SynthFolderOutput };
      export { results };
    `;
    expect(compile(source)).toEqual([]);
  });
});

/** The commands that `--help` lists below a command. */
async function commandsOf(command: readonly string[]): Promise<string[]> {
  const [, list = ''] = (await help(command)).split(/^Commands:$/m);
  return [...list.split(/^\S/m)[0].matchAll(/^ {2}([a-z]+) .*/gm)].map(match => match[1]).filter(name => name !== 'help');
}

/** What `flotilla … --help` prints. */
async function help(args: readonly string[]): Promise<string> {
  let text = '';
  const print = (part: string): void => {
    text += part;
  };
  const { signal } = new AbortController();
  const io: Io = { env: {}, cwd: ROOT, out: print, err: print, interactive: false, colors: createColors(false), signal };
  expect(await runCommand([...args, '--help'], io)).toBe(0);
  return text;
}

/** The long names of options in the parts of a text that a pattern picks. */
function optionsIn(text: string, pattern: RegExp): Set<string> {
  return new Set([...text.matchAll(pattern)].flatMap(match => match[1].match(/--[a-z-]+/g) ?? []));
}

function compile(source: string): string[] {
  const folder = mkdtempSync(join(tmpdir(), 'flotilla-commands-'));
  try {
    const file = join(folder, 'schemas.ts');
    writeFileSync(file, source);
    const program = ts.createProgram([file], {
      strict: true, noEmit: true, skipLibCheck: true, esModuleInterop: true, isolatedModules: false, types: ['node'], typeRoots: [join(ROOT, 'node_modules', '@types')],
      target: ts.ScriptTarget.ES2022, module: ts.ModuleKind.CommonJS, moduleResolution: ts.ModuleResolutionKind.Node10,
    });
    const main = program.getSourceFile(file);
    return [...program.getSyntacticDiagnostics(main), ...program.getSemanticDiagnostics(main)].map(({ messageText }) => ts.flattenDiagnosticMessageText(messageText, '\n'));
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}
