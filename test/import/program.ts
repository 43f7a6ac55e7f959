import { spawnSync } from 'node:child_process';
import { mkdtempSync, readdirSync, readFileSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import ts from 'typescript';
import { parseYamlDocuments } from '../../lib/yaml/parse';

export const ROOT = join(__dirname, '..', '..');

/** A user's project: the packages, and this library in place of the published one. */
export function newProject(): string {
  const folder = mkdtempSync(join(tmpdir(), 'flotilla-import-'));
  writeFileSync(join(folder, 'package.json'), '{ "private": true }\n');
  writeFileSync(join(folder, 'tsconfig.json'), JSON.stringify({
    compilerOptions: {
      strict: true, noEmit: true, target: 'es2022', module: 'node16', moduleResolution: 'node16', esModuleInterop: true, skipLibCheck: true, types: ['node'],
      noUnusedLocals: true, paths: { 'cdk8s-flotilla': [join(ROOT, 'lib', 'index.ts')] },
    },
  }));
  symlinkSync(join(ROOT, 'node_modules'), join(folder, 'node_modules'), 'dir');
  return folder;
}

/** What the compiler has against a file of a project. */
export function compile(folder: string, ...files: string[]): string[] {
  const config = ts.readConfigFile(join(folder, 'tsconfig.json'), path => readFileSync(path, 'utf8'));
  const { options } = ts.parseJsonConfigFileContent(config.config, ts.sys, folder);
  const program = ts.createProgram(files.map(file => join(folder, file)), options);
  return files.flatMap(file => {
    const source = program.getSourceFile(join(folder, file));
    return [...program.getSyntacticDiagnostics(source), ...program.getSemanticDiagnostics(source)].map(({ messageText }) => `${file}: ${ts.flattenDiagnosticMessageText(messageText, ' ')}`);
  });
}

/** Runs a fleet program; its tree is in `dist/`. */
export function run(folder: string, file: string): void {
  const env = { ...process.env, NODE_OPTIONS: '', CDK8S_OUTDIR: undefined };
  const { status, stderr } = spawnSync(process.execPath, ['--import', 'tsx', file], { cwd: folder, env, encoding: 'utf8' });
  expect({ status, stderr }).toMatchObject({ status: 0 });
}

/** The objects below a folder by their identity; a folder that is not there has none. */
export function objectsBelow(folder: string): Record<string, unknown> {
  let files: string[] = [];
  try {
    files = readdirSync(folder, { recursive: true, withFileTypes: true }).filter(entry => entry.isFile()).map(entry => join(entry.parentPath, entry.name));
  } catch {
    return {};
  }
  return byIdentity(files.flatMap(file => parseYamlDocuments(readFileSync(file, 'utf8'), file)));
}

export function byIdentity(objects: readonly unknown[]): Record<string, unknown> {
  const found = Object.fromEntries((objects as { apiVersion: string; kind: string; metadata: { namespace?: string; name: string } }[]).map(object => (
    [`${object.apiVersion} ${object.kind} ${object.metadata.namespace ?? ''}/${object.metadata.name}`, object]
  )));
  expect(Object.keys(found)).toHaveLength(objects.length);
  return found;
}
