import { join } from 'node:path';
import { Application, Cluster, Environment, Fleet, Overlay } from '../../lib';
import { rememberCallSite, userFrame } from '../../lib/model/call-site';

test('every construct of a model knows the line that created it', () => {
  const fleet = new Fleet('shop', { environments: ['prod'] });
  const prod = new Environment(fleet, 'prod');
  const cluster = new Cluster(prod, 'a');
  const web = new Application(fleet, 'web', { placement: {}, render: () => {}, overlays: [{ where: {}, values: {} }] });
  const overlay = new Overlay(web, 'o', { where: {}, values: {} });
  const lines = [fleet, prod, cluster, web, overlay].map(construct => construct.source);
  expect(lines).toEqual([6, 7, 8, 9, 10].map(line => expect.stringMatching(new RegExp(`^test/model/call-site.test.ts:${line}:\\d+$`))));
  expect(web.overlays.map(({ source }) => source)).toEqual([web.source, overlay.source]);
});

test('a subclass is where its own constructor calls ours', () => {
  class Shop extends Fleet<'prod'> {
    constructor() {
      super('shop', { environments: ['prod'] });
    }
  }
  expect(new Shop().source).toMatch(/^test\/model\/call-site.test.ts:19:\d+$/);
});

const here = process.cwd();
const root = join(__dirname, '../..');

test.each([
  ['a function', `    at main (${here}/fleet.ts:3:5)`, 'fleet.ts:3:5'],
  ['a constructor in a folder with spaces and brackets', `    at new Shop (${here}/my (old) fleets/fleet.ts:3:5)`, 'my (old) fleets/fleet.ts:3:5'],
  ['code outside of functions', `    at ${here}/src/fleet.mjs:10:1`, 'src/fleet.mjs:10:1'],
  ['an ES module', `    at file://${here}/a%20b/fleet.mjs:10:1`, 'a b/fleet.mjs:10:1'],
  ['an awaited call', `    at async file://${here}/fleet.mjs:10:1`, 'fleet.mjs:10:1'],
  ['a file beside the working directory', `    at main (${join(here, '..', 'other', 'fleet.ts')}:1:1)`, '../other/fleet.ts:1:1'],
])('the frame of %s is read', (_title, frame, site) => {
  expect(userFrame({ stack: `Error: a\n${frame}` })).toBe(site);
});

test('frames of installed packages, of Node.js and of the library are passed over', () => {
  const stack = [
    'Error: at first', '    at not a frame',
    `    at new Application (${root}/lib/model/application.ts:1:1)`,
    `    at new Application (${root}/build/model/application.js:1:1)`,
    `    at new Service (${here}/node_modules/platform/index.js:1:1)`,
    '    at Array.map (<anonymous>)',
    '    at node:internal/main/run_main_module:28:49',
    `    at eval (eval at run (${here}/x.ts:1:1), <anonymous>:1:1)`,
    `    at main (${here}/library/fleet.ts:7:1)`,
  ].join('\n');
  expect(userFrame({ stack })).toBe('library/fleet.ts:7:1');
});

test('what a library did in render, without code of the user, does not come from the line that called synth', () => {
  const stack = [
    'Error: no', `    at render (${root}/node_modules/platform/index.js:1:1)`,
    `    at renderTarget (${root}/lib/synth/render.ts:30:1)`, `    at main (${here}/fleet.ts:7:1)`,
  ].join('\n');
  expect(userFrame({ stack })).toBeUndefined();
});

test.each([[undefined], [null], ['a string'], [{ stack: 1 }], [new (class { public readonly stack = ''; })()]])('%p comes from nowhere', thrown => {
  expect(userFrame(thrown)).toBeUndefined();
});

test('the limit of stacks is as it was before', () => {
  const limit = Error.stackTraceLimit;
  rememberCallSite();
  expect(Error.stackTraceLimit).toBe(limit);
});
