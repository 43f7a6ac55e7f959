import { spawnSync } from 'node:child_process';
import { mkdtempSync, readdirSync, readFileSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import ts from 'typescript';
import { ROOT } from './source-file';
import { parseYaml } from '../../lib/yaml/parse';

const readme = readFileSync(join(ROOT, 'README.md'), 'utf8');

/** The first block of a language below a heading. */
function block(heading: string, language: string): string {
  const section = readme.split(/^(?=## )/m).find(part => part.startsWith(`## ${heading}\n`)) ?? '';
  const found = new RegExp(`^\`\`\`${language}\\n([^]*?)^\`\`\`$`, 'm').exec(section);
  if (!found) {
    throw new Error(`README.md has no block of ${language} below '${heading}'`);
  }
  return found[1];
}

describe('the first fleet in README.md', () => {
  const program = block('A first fleet in forty lines', 'ts');
  let folder: string;

  // A user's project: the program, the packages, and this library in place of the published one.
  beforeAll(() => {
    folder = mkdtempSync(join(tmpdir(), 'flotilla-readme-'));
    writeFileSync(join(folder, 'main.ts'), program);
    writeFileSync(join(folder, 'package.json'), '{ "private": true }\n');
    writeFileSync(join(folder, 'tsconfig.json'), JSON.stringify({
      compilerOptions: {
        strict: true, noEmit: true, target: 'es2022', module: 'node16', moduleResolution: 'node16', esModuleInterop: true, skipLibCheck: true, types: ['node'],
        paths: { 'cdk8s-flotilla': [join(ROOT, 'lib', 'index.ts')] },
      },
      files: ['main.ts'],
    }));
    symlinkSync(join(ROOT, 'node_modules'), join(folder, 'node_modules'), 'dir');
  });

  afterAll(() => rmSync(folder, { recursive: true, force: true }));

  test('has forty lines at most', () => {
    expect(program.trimEnd().split('\n').length).toBeLessThanOrEqual(40);
  });

  test('compiles', () => {
    expect(compile(folder)).toEqual([]);
  });

  test('what follows it compiles with it', () => {
    writeFileSync(join(folder, 'fleet.ts'), program.replace('const fleet', 'export const fleet').replace('fleet.synth();\n', ''));
    writeFileSync(join(folder, 'main.ts'), block('From what you have', 'ts'));
    const found = compile(folder);
    writeFileSync(join(folder, 'main.ts'), program);
    expect(found).toEqual([]);
  });

  test.each([
    ["environment: 'prod'", "environment: 'prd'"],
    ["region: 'eu-west-1' }, values", "regoin: 'eu-west-1' }, values"],
    ['replicas: 6', 'replica: 6'],
  ])('does not compile with %s written as %s', (right, wrong) => {
    expect(program).toContain(right);
    writeFileSync(join(folder, 'main.ts'), program.replace(right, wrong));
    const found = compile(folder);
    writeFileSync(join(folder, 'main.ts'), program);
    expect(found).toHaveLength(1);
    expect(found[0]).toMatch(/^main\.ts:\d+ /);
  });

  describe('when it runs', () => {
    let files: string[];
    const deployment = (cluster: string) => {
      const path = join(folder, 'dist', 'clusters', cluster, 'web', 'shop', 'deployment.apps.web.yaml');
      return parseYaml(readFileSync(path, 'utf8'), path);
    };

    beforeAll(() => {
      const env = { ...process.env, NODE_OPTIONS: '', CDK8S_OUTDIR: undefined };
      const run = spawnSync(process.execPath, ['--import', 'tsx', 'main.ts'], { cwd: folder, env, encoding: 'utf8' });
      expect(run).toMatchObject({ status: 0, stderr: '' });
      files = readdirSync(join(folder, 'dist'), { recursive: true, withFileTypes: true }).filter(entry => entry.isFile())
        .map(entry => join(entry.parentPath, entry.name).slice(join(folder, 'dist').length + 1).replaceAll('\\', '/')).sort();
    });

    test('it writes the tree that README.md shows', () => {
      const shown = block('The committed tree', 'text').trim().split('\n');
      expect(files).toEqual([...shown].sort());
    });

    test.each([
      ['dev-us-east-1', 1, 'web.example'],
      ['prod-us-east-1', 6, 'web.example'],
      ['prod-eu-west-1', 6, 'web.eu.example'],
    ])('%s gets %i replicas of %s', (cluster, replicas, host) => {
      expect(deployment(cluster)).toMatchObject({ spec: { replicas, template: { spec: { containers: [{ env: [{ name: 'HOST', value: host }] }] } } } });
    });
  });
});

/** What the compiler has against the program, as `main.ts:12 TS2322 …`. */
function compile(folder: string): string[] {
  const config = ts.readConfigFile(join(folder, 'tsconfig.json'), path => readFileSync(path, 'utf8'));
  const { options, fileNames } = ts.parseJsonConfigFileContent(config.config, ts.sys, folder);
  const program = ts.createProgram(fileNames, options);
  const main = program.getSourceFile(fileNames[0]);
  return [...program.getOptionsDiagnostics(), ...program.getSyntacticDiagnostics(main), ...program.getSemanticDiagnostics(main)].map(diagnostic => {
    const line = diagnostic.file ? diagnostic.file.getLineAndCharacterOfPosition(diagnostic.start ?? 0).line + 1 : 0;
    return `main.ts:${line} TS${diagnostic.code} ${ts.flattenDiagnosticMessageText(diagnostic.messageText, ' ')}`;
  });
}
