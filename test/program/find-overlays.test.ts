import { mkdirSync, writeFileSync } from 'node:fs';
import { dirname, join, relative } from 'node:path';
import { findOverlays } from '../../lib/program/find-overlays';
import { temporaryFolder } from '../temporary-folder';

const patch = (object: { spec: { a: number } }) => { object.spec.a = 1; };
const other = (object: { spec: { b: number } }) => { object.spec.b = 2; };

/** Writes a program and says on which of its lines the overlays of the first `new Application` are. */
function linesOf(files: Readonly<Record<string, string>>, overlays: readonly object[]): (string | undefined)[] {
  const folder = temporaryFolder();
  for (const [file, text] of Object.entries(files)) {
    mkdirSync(dirname(join(folder, file)), { recursive: true });
    writeFileSync(join(folder, file), text);
  }
  const [main, text] = Object.entries(files)[0];
  const before = text.slice(0, text.indexOf('new Application')).split('\n');
  const owner = `${relative(process.cwd(), join(folder, main))}:${before.length}:${before[before.length - 1].length + 1}`;
  return findOverlays(owner, overlays).map(site => (site === undefined ? undefined : relative(folder, site).replace(/:\d+$/, '')));
}

const dev = { where: { environment: 'dev' }, values: { replicas: 1 } };
const prod = { where: { environment: 'prod' }, values: { replicas: 3 } };

test.each<[title: string, files: Record<string, string>, overlays: object[], expected: (string | undefined)[]]>([
  ['a list that is written where the application is', {
    'main.ts': `
      // { where: { environment: 'dev' }, values: { replicas: 1 } } is a comment
      new Application(fleet, 'web', {
        values: { text: "{ where: {} }", replicas: 1 },
        overlays: [
          { where: { environment: 'dev' }, values: { replicas: 1 } },
          { where: { environment: 'prod' }, values: { replicas: 3 } },
        ],
        render: (chart, values) => { regex = /[{"'\`]/; return \`\${values.a ? '}' : \`{\`}\`; },
      });`,
  }, [dev, prod], ['main.ts:6', 'main.ts:7']],
  ['another application beside it has the same overlay', {
    'main.ts': `
      app(1); const web = new Application(fleet, 'web', { overlays: [
        { where: { environment: 'prod' }, values: { replicas: 3 } }] });
      new Application(fleet, 'api', { overlays: [
        { where: { environment: 'prod' }, values: { replicas: 3 } }] });`,
  }, [prod], ['main.ts:3']],
  ['a constant, a function and another file', {
    'main.ts': `
      import { type A, overlaysOf as of } from './sub/overlays.js';
      import * as all from './all';
      const late: Overlay<{ a: string }>[] = [
        { where: { environment: 'prod' }, values: { replicas: 9 } },
      ];
      new Application(fleet, 'web', { overlays: [...of('web'), ...late, ...all.nightly()] });`,
    'sub/overlays.ts': `
      export function overlaysOf(name: string): { where: object }[] {
        return [
          { where: { environment: 'dev' }, values: { replicas: replicasOf(name) } },
        ];
      }`,
    'all.ts': "export * from './nightly';",
    'nightly.ts': `
      export const nightly = () => [
        { where: { environment: 'dev' }, 'values': { size: -1.5, deep: { list: ['a', "b"], none: null } } satisfies Values },
      ];`,
  }, [dev, { where: { environment: 'prod' }, values: { replicas: 9 } }, { where: { environment: 'dev' }, values: { size: -1.5, deep: { list: ['a', 'b'], none: null } } }],
  ['sub/overlays.ts:4', 'main.ts:5', 'nightly.ts:3']],
  ['one literal for many overlays', {
    'main.ts': `
      new Application(fleet, 'web', {
        overlays: regions.map(region => ({
          where: { region }, values: { host: \`\${region}.example\` },
        })),
      });`,
  }, [{ where: { region: 'eu' }, values: { host: 'eu.example' } }, { where: { region: 'us' }, values: { host: 'us.example' } }], ['main.ts:3', 'main.ts:3']],
  ['equal overlays in a row, each its own line', {
    'main.ts': `
      new Application(fleet, 'web', { overlays: [
        { where: {}, values: { a: 1 } },
        { where: {}, values: { a: 1 } },
      ] });`,
  }, [{ where: {}, values: { a: 1 } }, { where: {}, values: { a: 1 } }], ['main.ts:3', 'main.ts:4']],
  ['patches that differ in their functions alone', {
    'main.ts': `
      new Application(fleet, 'web', { overlays: [
        { where: {}, patch: { kind: 'A' }, with: (object: Gear<{ b: 1 }>) => { object.spec.b = 2; } },
        { where: {}, patch: { kind: 'A' }, with: object => { object.spec.a = 1; } },
      ] });`,
  }, [{ where: {}, patch: { kind: 'A' }, with: patch }], ['main.ts:4']],
  ['a wrapper of the application: what is written elsewhere, if nothing else is like it', {
    'wrapper.ts': `
      import './web';
      export const app = (fleet, props) => new Application(fleet, 'web', { ...props, overlays: props.overlays });`,
    'web.ts': `
      import { app } from './wrapper';
      app(fleet, { overlays: [
        { where: { environment: 'dev' }, values: { replicas: 1 } },
        { where: { environment: 'prod' }, values: { replicas: 3 } }, { where: { environment: 'prod' }, values: { replicas: 3 } },
      ] });`,
  }, [dev, prod], ['web.ts:4', undefined]],
  ['overlays that no text says', {
    'main.ts': "new Application(fleet, 'web', { overlays: JSON.parse(text) });",
  }, [dev], [undefined]],
])('%s', (_title, files, overlays, expected) => {
  expect(linesOf(files, overlays)).toEqual(expected);
});

test.each([undefined, 'nowhere', 'no/such/file.ts:1:1', 'test:1:1', 'package.json:1:1', 'README.md:3:1'])('an owner at %s has overlays nowhere', owner => {
  expect(findOverlays(owner, [{ where: {}, patch: { kind: 'A' }, with: other }])).toEqual([undefined]);
});

test('a text that is no program, however deep, is read in no time and found to hold nothing', () => {
  const folder = temporaryFolder();
  const file = join(folder, 'main.ts');
  for (const text of ['{'.repeat(200_000), '`${'.repeat(2000), '/* ', '"', '(]'.repeat(1000), `new Application(${'{ where: '.repeat(2000)}`, `new Application(${'{ where: '.repeat(1000)}1${' }'.repeat(1000)})`]) {
    writeFileSync(file, text);
    expect(findOverlays(`${relative(process.cwd(), file)}:1:1`, [{ where: {}, values: {} }])).toEqual([undefined]);
  }
});
