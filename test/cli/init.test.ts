import { readdirSync, symlinkSync } from 'node:fs';
import { join } from 'node:path';
import ts from 'typescript';
import { flotilla } from './flotilla';
import { readFolder } from '../../lib/cli/read-folder';
import { temporaryFolder } from '../temporary-folder';

const ROOT = join(__dirname, '..', '..');

/** What `npm install` would do: the packages of this project, and this project itself. */
function install(folder: string): void {
  const modules = join(folder, 'node_modules');
  symlinkSync(join(ROOT, 'node_modules'), modules);
}

describe('a new fleet', () => {
  const parent = temporaryFolder();
  const folder = join(parent, 'My Fleet');

  test('is written to a new folder, and never over somebody\'s files', async () => {
    const result = await flotilla(['init', 'My Fleet'], { cwd: parent });
    expect([result.code, result.out]).toEqual([0, expect.stringContaining('A fleet \'my-fleet\' of three clusters')]);
    expect(readdirSync(folder).sort()).toEqual(['.gitignore', 'cdk8s.yaml', 'hello.ts', 'main.ts', 'package.json', 'tsconfig.json']);
    const again = await flotilla(['init', 'My Fleet'], { cwd: parent });
    expect([again.code, again.err]).toEqual([2, expect.stringMatching(/^FLT6004 .*is not empty/)]);
  });

  test('compiles', () => {
    install(folder);
    const { options } = ts.convertCompilerOptionsFromJson({
      module: 'node16', moduleResolution: 'node16', target: 'ES2022', lib: ['ES2023'], strict: true, skipLibCheck: true, noEmit: true, esModuleInterop: true,
      types: ['node'], typeRoots: [join(ROOT, 'node_modules', '@types')], paths: { 'cdk8s-flotilla': [join(ROOT, 'lib')] },
    }, folder);
    const program = ts.createProgram([join(folder, 'main.ts')], options);
    const own = ts.getPreEmitDiagnostics(program).filter(({ file }) => !file || file.fileName.startsWith(folder));
    expect(own.map(each => ts.flattenDiagnosticMessageText(each.messageText, '\n'))).toEqual([]);
  });

  test('becomes a tree of three clusters', async () => {
    const tsx = `node ${JSON.stringify(require.resolve('tsx/cli'))} --tsconfig ${JSON.stringify(join(ROOT, 'examples', 'boutique', 'tsconfig.json'))}`;
    const result = await flotilla(['synth', '--program', `${tsx} main.ts`], { cwd: folder });
    expect([result.err, result.code]).toEqual(['', 0]);
    const files = readFolder(join(folder, 'dist'));
    expect([...files.keys()].filter(file => file.split('/').length === 2)).toEqual([
      'clusters/dev-us-east-1.yaml', 'clusters/prod-eu-west-1.yaml', 'clusters/prod-us-east-1.yaml',
    ]);
    expect(files.get('clusters/prod-eu-west-1/hello/hello/configmap.hello.yaml')).toContain('GREETING: bonjour');
    expect(files.get('clusters/prod-us-east-1/hello/hello/deployment.apps.hello.yaml')).toContain('replicas: 3');
    expect(files.get('clusters/dev-us-east-1/hello.yaml')).toContain('- platform');
  });
});
