import { existsSync, readFileSync, symlinkSync } from 'node:fs';
import { join } from 'node:path';
import { load } from 'js-yaml';
import { flotilla } from './flotilla';
import { Explanation } from '../../lib';
import { temporaryFolder } from '../temporary-folder';

const ROOT = join(__dirname, '..', '..');
const PROGRAM = `node ${JSON.stringify(require.resolve('tsx/cli'))} --tsconfig ${JSON.stringify(join(ROOT, 'examples', 'boutique', 'tsconfig.json'))} main.ts`;

describe('a new fleet is asked', () => {
  const folder = temporaryFolder();
  const explain = (...args: string[]) => flotilla(['explain', ...args, '--program', PROGRAM], { cwd: folder });
  const lineOf = (text: string) => {
    const before = readFileSync(join(folder, 'main.ts'), 'utf8').split(text)[0].split('\n');
    return `main.ts:${before.length}:${before[before.length - 1].length + 1}`;
  };

  beforeAll(async () => {
    expect((await flotilla(['init', '.'], { cwd: folder })).code).toBe(0);
    symlinkSync(join(ROOT, 'node_modules'), join(folder, 'node_modules'));
  });

  test('why a field is what it is: the chain, and nothing is written', async () => {
    const { code, out, err } = await explain('prod-us-east-1', 'hello', 'deployment/hello', 'spec.replicas');
    expect([code, err]).toEqual([0, '']);
    const [, , , , ...chain] = out.split('\n');
    expect(chain.map(line => line.trim().split(/ {2,}/))).toEqual([
      ['spec.replicas = 3'],
      ['construct', expect.stringMatching(/\/hello\/deployment$/), expect.stringMatching(/^hello.ts:18:22$/), '1'],
      ['values', expect.stringMatching(/^overlays\[0\] of /), lineOf("{ where: { environment: 'prod' }"), '1 → 3'],
      [''],
    ]);
    expect(existsSync(join(folder, 'dist'))).toBe(false);
  });

  test('what overlays touched of an object, and how much they did not', async () => {
    const { code, out } = await explain('prod-eu-west-1', 'hello', 'cm/hello');
    expect(code).toBe(0);
    expect(out).toMatch(/^data\.GREETING +"bonjour" +values +overlays\[1\] of \S+ +main\.ts:\d+:5$/m);
    expect(out).toContain(lineOf("{ where: { region: 'eu-west-1' }"));
    expect(out).toMatch(/^4 more fields as \S+ made them \(hello\.ts:12:18\); --all shows them$/m);
    expect((await explain('prod-eu-west-1', 'hello', 'cm/hello', '--all')).out).toMatch(/^apiVersion +"v1" +construct /m);
    expect((await explain('dev-us-east-1', 'hello', 'cm/hello')).out).toMatch(/^no overlay touched it: 5 fields as /m);
  });

  test('in words of data', async () => {
    const args = ['prod-eu-west-1', 'hello', 'configmaps/hello', 'data.GREETING', '-n', 'hello'];
    const json = JSON.parse((await explain(...args, '-o', 'json')).out) as Explanation;
    expect(json).toMatchObject({
      cluster: 'prod-eu-west-1', application: 'hello', object: { group: '', kind: 'ConfigMap', namespace: 'hello', name: 'hello' },
      fields: [{ path: 'data.GREETING', value: 'bonjour', steps: [{ by: 'construct', after: 'hello' }, { by: 'overlay', before: 'hello', after: 'bonjour' }] }],
    });
    expect(load((await explain(...args, '-o', 'yaml')).out)).toEqual(json);
  });

  test.each([
    [['prod-us-east-2', 'hello', 'cm/hello'], 'FLT2401', "did you mean 'prod-us-east-1'?"],
    [['prod-us-east-1', 'helo', 'cm/hello'], 'FLT2402', "did you mean 'hello'?"],
    [['prod-us-east-1', 'hello', 'cm/hallo'], 'FLT2403', "did you mean 'hello'?"],
    [['prod-us-east-1', 'hello', 'cm/hello', 'data.greeting'], 'FLT2405', "'data.GREETING'"],
  ])('for what is not there, and suggests: %j', async (args, code, suggestion) => {
    const { code: exit, out, err } = await explain(...args);
    expect([exit, out]).toEqual([1, '']);
    expect(err).toContain(code);
    expect(err).toContain(suggestion);
  });
});

test('a library that does not know what it is asked is told apart from one that has nothing to say', async () => {
  const write = "require('fs').writeFileSync(process.env.FLOTILLA_REPORT, JSON.stringify({ ok: true, errors: [] }))";
  const { code, err } = await flotilla(['explain', 'a', 'b', 'cm/c', '--program', `node -e ${JSON.stringify(write)}`], { cwd: temporaryFolder() });
  expect([code, err]).toEqual([1, expect.stringContaining('FLT2406')]);
});
