import { existsSync, readdirSync, readFileSync, statSync } from 'node:fs';
import { join, posix, resolve } from 'node:path';
import ts from 'typescript';

export const ROOT = resolve(__dirname, '..', '..');

/** One file of `lib/`, parsed. */
export interface LibFile {
  /** From the root of the project, with slashes: `lib/tree/paths.ts`. */
  readonly path: string;
  readonly lines: number;
  readonly syntax: ts.SourceFile;
}

/** How a file names another one, or a package. */
export interface Import {
  /** The file that imports. */
  readonly from: string;
  readonly line: number;
  /** As it is written: `./paths`, `node:fs`, `js-yaml`. */
  readonly specifier: string;
  /** The file of ours that is meant: `lib/tree/paths.ts`; absent for a package. */
  readonly file?: string;
  /** The package or built-in module that is meant: `js-yaml`, `node:fs/promises`; absent for a file of ours. */
  readonly package?: string;
  /** Whether the compiler leaves it out: `import type`, or nothing but `type` names. */
  readonly typeOnly: boolean;
}

/** All TypeScript files of `lib/`, sorted by path. */
export function readLib(root = ROOT): LibFile[] {
  return readdirSync(join(root, 'lib'), { recursive: true, encoding: 'utf8' })
    .map(path => `lib/${path.replaceAll('\\', '/')}`)
    .filter(path => path.endsWith('.ts') && statSync(join(root, path)).isFile())
    .sort()
    .map(path => parseFile(path, readFileSync(join(root, path), 'utf8')));
}

export function parseFile(path: string, text: string): LibFile {
  return { path, lines: text.replace(/\n$/, '').split('\n').length, syntax: ts.createSourceFile(path, text, ts.ScriptTarget.ES2022, true) };
}

/** The line of a node, from 1. */
export function lineOf(node: ts.Node): number {
  const file = node.getSourceFile();
  return file.getLineAndCharacterOfPosition(node.getStart(file)).line + 1;
}

/** Calls `look` for a node and everything inside it, from the top. */
export function visit(node: ts.Node, look: (node: ts.Node) => void): void {
  look(node);
  ts.forEachChild(node, child => visit(child, look));
}

/** Every place where a file names another module, in whatever form TypeScript knows. */
export function importsOf({ path, syntax }: LibFile, exists: (path: string) => boolean = inProject): Import[] {
  const found: Import[] = [];
  visit(syntax, node => {
    const named = moduleOf(node);
    if (named) {
      found.push({ from: path, line: lineOf(node), typeOnly: isTypeOnly(node), ...resolveSpecifier(path, named.text, exists) });
    }
  });
  return found;
}

function moduleOf(node: ts.Node): ts.StringLiteralLike | undefined {
  const text = (candidate: ts.Node | undefined) => candidate && ts.isStringLiteralLike(candidate) ? candidate : undefined;
  if (ts.isImportDeclaration(node) || ts.isExportDeclaration(node)) {
    return text(node.moduleSpecifier);
  }
  if (ts.isExternalModuleReference(node)) {
    return text(node.expression);
  }
  if (ts.isImportTypeNode(node)) {
    return ts.isLiteralTypeNode(node.argument) ? text(node.argument.literal) : undefined;
  }
  if (ts.isCallExpression(node)) {
    const callee = node.expression;
    const loads = callee.kind === ts.SyntaxKind.ImportKeyword || (ts.isIdentifier(callee) && callee.text === 'require')
      || (ts.isPropertyAccessExpression(callee) && callee.getText() === 'require.resolve');
    return loads ? text(node.arguments[0]) : undefined;
  }
  return undefined;
}

function isTypeOnly(node: ts.Node): boolean {
  if (ts.isImportDeclaration(node)) {
    const { importClause: clause } = node;
    return clause !== undefined && (clause.isTypeOnly || (!clause.name && onlyTypes(clause.namedBindings)));
  }
  if (ts.isExportDeclaration(node)) {
    return node.isTypeOnly || onlyTypes(node.exportClause);
  }
  return ts.isImportTypeNode(node);
}

/** Whether `{ type A, type B }` names types alone. */
function onlyTypes(names: ts.NamedImportBindings | ts.NamedExportBindings | undefined): boolean {
  return names !== undefined && (ts.isNamedImports(names) || ts.isNamedExports(names))
    && names.elements.length > 0 && names.elements.every((element: ts.ImportSpecifier | ts.ExportSpecifier) => element.isTypeOnly);
}

function resolveSpecifier(from: string, specifier: string, exists: (path: string) => boolean): Pick<Import, 'specifier' | 'file' | 'package'> {
  if (specifier.startsWith('.')) {
    const base = posix.join(posix.dirname(from), specifier).replace(/\.js$/, '');
    return { specifier, file: [`${base}.ts`, `${base}/index.ts`, base].find(exists) ?? `${base}.ts` };
  }
  const parts = specifier.split('/');
  return { specifier, package: specifier.startsWith('node:') ? specifier : parts.slice(0, specifier.startsWith('@') ? 2 : 1).join('/') };
}

function inProject(path: string): boolean {
  const absolute = join(ROOT, path);
  return existsSync(absolute) && statSync(absolute).isFile();
}

/** The part of `lib/` that a file belongs to: its folder, or its own name where it lies in `lib/` itself. */
export function partOf(path: string): string {
  const [, first] = path.split('/');
  return first;
}
