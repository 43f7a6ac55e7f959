import { basename } from 'node:path';
import { findCycles } from './cycles';
import { EMPTY_NAMES, ENTRIES, MAX_LINES, PARTS, PLAN, PRINTING, PRINTING_EXCEPTIONS, PURE, PURE_EXCEPTIONS, WITHOUT_MODEL } from './rules';
import { Import, importsOf, parseFile, partOf, readLib } from './source-file';
import { asynchronous, closure, impureGlobals, impurities, packageViolation, partViolation, place, prints } from './violations';

const files = readLib();
const imports = files.flatMap(file => importsOf(file));
const known = new Set(files.map(file => file.path));

describe('the rules of the house', () => {
  test('the parts of lib are those in the table of rules', () => {
    expect([...new Set(files.map(file => partOf(file.path)))].filter(part => !PARTS[part])).toEqual([]);
  });

  test('every import leads to a file that exists', () => {
    expect(imports.filter(({ file }) => file !== undefined && !known.has(file)).map(found => place(found, 'there is no such file'))).toEqual([]);
  });

  test('a part of lib imports only the parts that the table gives it', () => {
    expect(imports.flatMap(found => partViolation(found) ?? [])).toEqual([]);
  });

  test('a part of lib imports only the packages that the table gives it', () => {
    expect(imports.flatMap(found => packageViolation(found) ?? [])).toEqual([]);
  });

  test('nothing imports the command line but the command line', () => {
    const wrong = imports.filter(({ from, file }) => file !== undefined && ENTRIES.includes(partOf(file)) && partOf(file) !== partOf(from));
    expect(wrong.map(found => place(found, `${partOf(found.file as string)} is an entry, nothing builds on it`))).toEqual([]);
  });

  test('what reads the tree reaches neither the model nor cdk8s, however far one follows its imports', () => {
    const forbidden = ({ file, package: name }: Import) => name === 'cdk8s' || name === 'constructs' || name?.startsWith('cdk8s-')
      || (file !== undefined && ['model', 'source', 'synth', 'fleet.ts', 'index.ts'].includes(partOf(file)));
    const reached = closure(files.map(file => file.path).filter(path => WITHOUT_MODEL.includes(partOf(path))), imports);
    expect(reached.filter(forbidden).map(found => place(found, 'a reader of the tree does not know the model'))).toEqual([]);
  });

  test('folders do not import each other in a circle', () => {
    const edges = imports.flatMap(({ from, file }) => file && partOf(from) !== partOf(file) ? [[partOf(from), partOf(file)] as const] : []);
    expect(findCycles(edges).map(cycle => cycle.join(' → '))).toEqual([]);
  });

  // `import type` is gone when the program runs. Two files of one folder may know each other's types; they must not need each other to load.
  test('files do not import each other in a circle', () => {
    const edges = imports.flatMap(({ from, file, typeOnly }) => file && !typeOnly ? [[from, file] as const] : []);
    expect(findCycles(edges).map(cycle => cycle.join(' → '))).toEqual([]);
  });

  test('the model, the synthesis and YAML neither read a clock nor a file nor anything else that differs from run to run', () => {
    const pure = files.filter(({ path }) => PURE.some(start => path.startsWith(start)));
    expect(pure.flatMap(file => impurities(file))).toEqual([]);
  });

  test('every exception from purity is one that the code still needs', () => {
    const used = (path: string) => files.filter(file => file.path === path).flatMap(file => impurities(file, []));
    const unused = Object.entries(PURE_EXCEPTIONS)
      .flatMap(([path, names]) => names.filter(name => !used(path).some(found => found.includes(name))).map(name => `${path}: ${name}`));
    expect(unused).toEqual([]);
  });

  test('the plan is pure, with all that it calls', () => {
    expect(PLAN.start.filter(path => !known.has(path))).toEqual([]);
    const reached = closure(PLAN.start, imports.filter(({ typeOnly }) => !typeOnly));
    const loaded = new Set([...PLAN.start, ...reached.flatMap(({ file }) => file ?? [])]);
    const modules = reached.filter(({ package: name }) => name !== undefined && !PLAN.packages.includes(name));
    const globals = files.filter(file => loaded.has(file.path)).flatMap(file => impureGlobals(file, []));
    const waiting = files.filter(file => PLAN.start.includes(file.path)).flatMap(file => asynchronous(file));
    expect([...modules.map(found => place(found, 'the plan decides from what it is given')), ...globals, ...waiting]).toEqual([]);
  });

  test('only the command line prints', () => {
    expect(files.filter(file => !PRINTING.includes(partOf(file.path)) && !PRINTING_EXCEPTIONS.includes(file.path)).flatMap(file => prints(file))).toEqual([]);
  });

  test('a file is named after what is inside', () => {
    const named = files.flatMap(({ path }) => path.split('/').slice(1).map(part => ({ path, part })));
    expect(named.filter(({ part }) => EMPTY_NAMES.test(basename(part, '.ts'))).map(({ path, part }) => `${path}:1 '${part}' says nothing`)).toEqual([]);
  });

  test(`a file has at most ${MAX_LINES} lines`, () => {
    expect(files.filter(({ lines }) => lines > MAX_LINES).map(({ path, lines }) => `${path}:${lines} has more than ${MAX_LINES} lines: split it`)).toEqual([]);
  });
});

describe('what holds the rules', () => {
  test('finds every form of import, and tells which of them the compiler leaves out', () => {
    const text = [
      "import a, { b } from './a';", // 1
      "import type { C } from './c';",
      "import { type D } from './d';", // 3
      "import { type E, e } from './e';",
      "export * from './f';", // 5
      "export type { G } from './g';",
      "import './h';", // 7
      "import i = require('./i');",
      "type J = import('./j').J;", // 9
      "void import('./k');",
      "const l = require('./l');", // 11
      "export { m } from 'node:fs/promises';",
      "import n from '@scope/name/part';", // 13
      "const text = \"import o from './o'\"; // import p from './p'",
      'void import(`./q`);', // 15
    ].join('\n');
    const found = importsOf(parseFile('lib/model/x.ts', text), path => path.endsWith('.ts'));
    expect(found.map(({ line, file, package: name, typeOnly }) => `${line} ${file ?? name}${typeOnly ? ' type' : ''}`)).toEqual([
      '1 lib/model/a.ts', '2 lib/model/c.ts type', '3 lib/model/d.ts type', '4 lib/model/e.ts', '5 lib/model/f.ts', '6 lib/model/g.ts type', '7 lib/model/h.ts',
      '8 lib/model/i.ts', '9 lib/model/j.ts type', '10 lib/model/k.ts', '11 lib/model/l.ts', '12 node:fs/promises', '13 @scope/name', '15 lib/model/q.ts',
    ]);
  });

  test.each([
    ['lib/tree/x.ts', "export { a } from '../model/a';", "lib/tree/x.ts:1 imports '../model/a': tree may import errors.ts, git, rules, yaml"],
    ['lib/model/x.ts', "import { p } from '../tree/paths';", "lib/model/x.ts:1 imports '../tree/paths': model may import errors.ts, patch/json-patch.ts, rules, tree/documents.ts, tree/manifest.ts"],
    ['lib/kube/x.ts', "import { App } from 'cdk8s';", "lib/kube/x.ts:1 imports 'cdk8s': kube may use node:*, undici, js-yaml, @kubernetes/client-node"],
    ['lib/model/x.ts', "import { readFileSync } from 'node:fs';", "lib/model/x.ts:1 imports 'node:fs': model may use cdk8s, constructs, node:path, node:url"],
    ['lib/model/x.ts', 'const now = Date.now();', 'lib/model/x.ts:1 uses Date: what is pure gives the same result at any time and on any machine'],
    ['lib/model/x.ts', 'const a = { Date: 1, b: x.Date };', undefined],
    ['lib/synth/x.ts', 'Math.max(1, Math.random());', 'lib/synth/x.ts:1 uses Math.random: what is pure gives the same result at any time and on any machine'],
    ['lib/tree/x.ts', '/* console.log */ console.log(1);', 'lib/tree/x.ts:1 uses console: only the command line prints'],
    ['lib/git/x.ts', 'process.stderr.write(text);', 'lib/git/x.ts:1 uses process.stderr: only the command line prints'],
    ['lib/git/x.ts', 'const { stdout } = process;', 'lib/git/x.ts:1 uses process.stdout: only the command line prints'],
    ['lib/git/x.ts', "child.stdout.on('data', take);", undefined],
  ])('in %s, `%s` is told as it should be', (path, text, expected) => {
    const file = parseFile(path, text);
    const found = importsOf(file, name => name.endsWith('.ts')).flatMap(each => partViolation(each) ?? packageViolation(each) ?? []);
    const pure = PURE.some(start => path.startsWith(start)) && found.length === 0 ? impurities(file) : [];
    expect([...found, ...pure, ...prints(file)]).toEqual(expected === undefined ? [] : [expected]);
  });

  test('finds circles, each once', () => {
    expect(findCycles([['a', 'b'], ['b', 'c'], ['c', 'a'], ['c', 'd'], ['d', 'd'], ['e', 'a']])).toEqual([['a', 'b', 'c', 'a'], ['d', 'd']]);
    expect(findCycles([['a', 'b'], ['a', 'c'], ['b', 'd'], ['c', 'd']])).toEqual([]);
  });
});
