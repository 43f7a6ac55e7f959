import ts from 'typescript';
import { IMPURE_GLOBALS, IMPURE_MODULES, PARTS, PURE_EXCEPTIONS } from './rules';
import { Import, importsOf, LibFile, lineOf, partOf, visit } from './source-file';

/** `lib/model/fleet.ts:3 imports …`, one line for each place that breaks a rule. */
export function place({ from, line, specifier }: Import, rule: string): string {
  return `${from}:${line} imports '${specifier}': ${rule}`;
}

/** An import that the table of parts does not give to the folder of the file. */
export function partViolation(found: Import): string | undefined {
  const [part, target] = [partOf(found.from), found.file];
  const allowed = PARTS[part]?.parts ?? [];
  if (target === undefined || partOf(target) === part || allowed.includes(partOf(target)) || allowed.includes(target.slice('lib/'.length))) {
    return undefined;
  }
  return place(found, `${part} may import ${allowed.join(', ') || 'nothing'}`);
}

/** The same for packages and modules of Node.js. */
export function packageViolation(found: Import): string | undefined {
  const part = partOf(found.from);
  const allowed = PARTS[part]?.packages ?? [];
  if (found.package === undefined || allowed.includes(found.package) || (allowed.includes('node:*') && found.package.startsWith('node:'))) {
    return undefined;
  }
  return place(found, `${part} may use ${allowed.join(', ') || 'no package'}`);
}

/** Everything that files import, and what that imports, and so on. */
export function closure(start: readonly string[], among: readonly Import[]): Import[] {
  const seen = new Set(start);
  const waiting = [...start];
  const reached: Import[] = [];
  for (let path = waiting.pop(); path !== undefined; path = waiting.pop()) {
    for (const found of among.filter(({ from }) => from === path)) {
      reached.push(found);
      if (found.file !== undefined && !seen.has(found.file)) {
        seen.add(found.file);
        waiting.push(found.file);
      }
    }
  }
  return reached;
}

/** What a file that is to be pure imports or uses that is not. */
export function impurities(file: LibFile, allowed = PURE_EXCEPTIONS[file.path] ?? []): string[] {
  const modules = importsOf(file).filter(({ package: name }) => name !== undefined && IMPURE_MODULES.includes(name) && !allowed.includes(name));
  return [...modules.map(found => place(found, 'what is pure reaches nothing outside')), ...impureGlobals(file, allowed)];
}

export function impureGlobals(file: LibFile, allowed: readonly string[]): string[] {
  return globalsIn(file, IMPURE_GLOBALS).filter(({ name }) => !allowed.includes(name))
    .map(({ name, line }) => `${file.path}:${line} uses ${name}: what is pure gives the same result at any time and on any machine`);
}

/** Where a file writes to the console or to the streams of the process. */
export function prints(file: LibFile): string[] {
  return globalsIn(file, ['console', 'process']).filter(({ name }) => name === 'console' || /^process\.(stdout|stderr)$/.test(name))
    .map(({ name, line }) => `${file.path}:${line} uses ${name}: only the command line prints`);
}

/**
 * Where a file uses globals. For `process` and `Math`, the name of the property is part of the answer: `process.cwd`.
 */
function globalsIn(file: LibFile, names: readonly string[]): { readonly name: string; readonly line: number }[] {
  const heads = new Set(names.map(name => name.split('.')[0]));
  const found: { name: string; line: number }[] = [];
  visit(file.syntax, node => {
    if (!ts.isIdentifier(node) || !heads.has(node.text) || !isReference(node)) {
      return;
    }
    for (const name of memberNames(node)) {
      if (names.includes(name) || names.includes(node.text)) {
        found.push({ name: ['process', 'Math'].includes(node.text) ? name : node.text, line: lineOf(node) });
      }
    }
  });
  return found;
}

/** Whether an identifier stands for a value, and not for the name of a property or of a type. */
function isReference(node: ts.Identifier): boolean {
  const { parent } = node;
  const named = ts.isPropertyAccessExpression(parent) || ts.isPropertyAssignment(parent) || ts.isMethodDeclaration(parent);
  return !(named && parent.name === node) && !ts.isTypeNode(parent) && !ts.isQualifiedName(parent) && !ts.isPropertySignature(parent)
    && !ts.isPropertyDeclaration(parent) && !ts.isImportSpecifier(parent) && !ts.isExportSpecifier(parent);
}

function memberNames(node: ts.Identifier): string[] {
  const { parent } = node;
  if (ts.isPropertyAccessExpression(parent)) {
    return [`${node.text}.${parent.name.text}`];
  }
  if (ts.isVariableDeclaration(parent) && parent.initializer === node && ts.isObjectBindingPattern(parent.name)) {
    return parent.name.elements.map(element => `${node.text}.${(element.propertyName ?? element.name).getText()}`);
  }
  return [node.text];
}

/** Where a file waits for something. */
export function asynchronous(file: LibFile): string[] {
  const found: string[] = [];
  visit(file.syntax, node => {
    if (node.kind === ts.SyntaxKind.AsyncKeyword || ts.isAwaitExpression(node)) {
      found.push(`${file.path}:${lineOf(node)} waits: the plan decides from what it is given`);
    }
  });
  return found;
}
