import { mkdirSync, symlinkSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import ts from 'typescript';
import { temporaryFolder } from '../temporary-folder';

const ROOT = join(__dirname, '..', '..');

/** What the compiler says of a test in a user's project with the types of a test runner. */
function errorsIn(source: string, runner: 'jest' | 'vitest'): string[] {
  const folder = temporaryFolder();
  mkdirSync(join(folder, 'node_modules', 'vitest'), { recursive: true });
  // Vitest is not among the packages of this project: what of its types is extended, as its documentation has it.
  writeFileSync(join(folder, 'node_modules', 'vitest', 'index.d.ts'), `
    export interface Assertion<T = any> { toBe(value: T): void; not: Assertion<T> }
    export declare const expect: { <T>(actual: T): Assertion<T>; extend(matchers: Record<string, any>): void; addSnapshotSerializer(plugin: object): void };
  `);
  ['constructs', 'cdk8s', '@jest', 'expect'].forEach(name => symlinkSync(join(ROOT, 'node_modules', name), join(folder, 'node_modules', name)));
  const file = join(folder, 'web.test.ts');
  writeFileSync(file, source);
  const lib = (name: string) => [join(ROOT, 'lib', name)];
  const program = ts.createProgram([file], {
    strict: true, noEmit: true, skipLibCheck: true, target: ts.ScriptTarget.ES2022, lib: ['lib.es2023.d.ts'], module: ts.ModuleKind.Node16,
    moduleResolution: ts.ModuleResolutionKind.Node16, esModuleInterop: true, types: runner === 'jest' ? ['node', 'jest'] : ['node'],
    typeRoots: [join(ROOT, 'node_modules', '@types')],
    paths: {
      // As it is found from an installed package; here the library is its source.
      'vitest': [join(folder, 'node_modules', 'vitest', 'index.d.ts')],
      'cdk8s-flotilla': lib('index.ts'), 'cdk8s-flotilla/testing': lib('testing.ts'),
      'cdk8s-flotilla/testing/jest': lib('testing/jest.ts'), 'cdk8s-flotilla/testing/vitest': lib('testing/vitest.ts'),
    },
  });
  return program.getSemanticDiagnostics(program.getSourceFile(file)).map(({ messageText }) => ts.flattenDiagnosticMessageText(messageText, '\n'));
}

const USE = `
  import { Fleet } from 'cdk8s-flotilla';
  import { targetOf } from 'cdk8s-flotilla/testing';
  const fleet = new Fleet('shop', { environments: ['prod'], labels: { region: ['eu'] } });
  expect(targetOf(fleet, 'a', 'web')).toHaveObject('Deployment/web', { spec: { replicas: 3 } });
  expect(targetOf(fleet, 'a', 'web')).not.toHaveObject('Ingress');
`;
const UNKNOWN = [expect.stringContaining("'toHaveObject' does not exist"), expect.stringContaining("'toHaveObject' does not exist")];

test.each<[title: string, runner: 'jest' | 'vitest', source: string, errors: unknown[]]>([
  ['in Jest, who imports its file', 'jest', `import 'cdk8s-flotilla/testing/jest'; ${USE}`, []],
  ['in Jest, nobody else', 'jest', USE, UNKNOWN],
  ['in Jest without globals', 'vitest', `import { expect } from '@jest/globals'; import type {} from 'cdk8s-flotilla/testing/jest'; ${USE}`, []],
  ['in Vitest, who imports its file', 'vitest', `import { expect } from 'vitest'; import { extendExpect } from 'cdk8s-flotilla/testing/vitest'; extendExpect(expect); ${USE}`, []],
  ['in Vitest, nobody else', 'vitest', `import { expect } from 'vitest'; ${USE}`, UNKNOWN],
  ['what is no name does not compile', 'jest', "import 'cdk8s-flotilla/testing/jest'; expect({}).toHaveObject(1);", [expect.stringContaining("'number' is not assignable")]],
])('the matchers are known %s', (_title, runner, source, errors) => {
  expect(errorsIn(source, runner)).toEqual(errors);
});
