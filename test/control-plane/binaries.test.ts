import { chmodSync, existsSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { controlPlaneBinaries, hasControllers, isMissing, type Binaries, type Missing } from './binaries';

const environment = { ...process.env };
let folder: string;

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'flotilla-binaries-test-'));
  process.env.FLOTILLA_TEST_CACHE = join(folder, 'cache');
  delete process.env.KUBEBUILDER_ASSETS;
});
afterEach(() => {
  process.env = { ...environment };
  rmSync(folder, { recursive: true, force: true });
});

function program(path: string, script = 'exit 0'): void {
  mkdirSync(dirname(path), { recursive: true });
  writeFileSync(path, `#!/bin/sh\n${script}\n`);
  chmodSync(path, 0o755);
}

/** A `go` that builds empty programs, and writes down what it was asked for. */
function fakeGo(build = 'echo program > "$6"'): string {
  const module = join(folder, 'kwok-module');
  for (const stage of ['node/fast/node-initialize', 'pod/fast/pod-ready', 'pod/fast/pod-complete', 'pod/fast/pod-delete']) {
    const path = join(module, 'kustomize/stage', `${stage}.yaml`);
    mkdirSync(dirname(path), { recursive: true });
    writeFileSync(path, `stage: ${stage}\n`);
  }
  const log = join(folder, 'go.log');
  program(join(folder, 'bin/go'), `echo "$@" >> '${log}'\ncase "$1" in mod) echo '${JSON.stringify({ Dir: module })}';; build) ${build};; esac`);
  process.env.PATH = `${join(folder, 'bin')}:${environment.PATH}`;
  return log;
}

function assertFound(found: Binaries | Missing): asserts found is Binaries {
  if (isMissing(found)) throw new Error(found.missing);
}

describe('KUBEBUILDER_ASSETS', () => {
  test('wins; without the controllers in it there are none', async () => {
    process.env.KUBEBUILDER_ASSETS = folder;
    program(join(folder, 'kube-apiserver'));
    program(join(folder, 'etcd'));
    const found = await controlPlaneBinaries();
    assertFound(found);
    expect(found).toMatchObject({ etcd: join(folder, 'etcd'), source: 'KUBEBUILDER_ASSETS' });
    expect(hasControllers(found)).toBe(false);
  });

  test('without etcd nothing else is tried, and the reason names the folder', async () => {
    process.env.KUBEBUILDER_ASSETS = folder;
    program(join(folder, 'kube-apiserver'));
    expect(await controlPlaneBinaries()).toEqual({ missing: expect.stringMatching(`'${folder}', and there is no etcd in it`) });
  });
});

describe('a build', () => {
  test('it is announced step by step, and found by the next run', async () => {
    const log = fakeGo();
    const said: string[] = [];
    const built = await controlPlaneBinaries({ progress: line => said.push(line) });
    assertFound(built);
    expect(built.source).toBe('build');
    expect(said.filter(line => line.includes('(3 of 5)'))).toEqual([
      expect.stringMatching(/building kube-controller-manager v1\.\S+ \(3 of 5\) …$/), expect.stringMatching(/done in 0 s$/),
    ]);
    expect(readFileSync(built.kwokStages!, 'utf8').split('---\n')).toHaveLength(4);
    const calls = readFileSync(log, 'utf8');
    expect(await controlPlaneBinaries()).toEqual({ ...built, source: 'cache' });
    expect(readFileSync(log, 'utf8')).toBe(calls);
  });

  test('two at once build it once', async () => {
    const log = fakeGo('sleep 0.1; echo program > "$6"');
    const [one, two] = await Promise.all([controlPlaneBinaries(), controlPlaneBinaries()]);
    assertFound(one);
    expect(two).toEqual(one);
    expect(readFileSync(log, 'utf8').match(/^build/gm)).toHaveLength(5);
  });

  test('one that fails leaves nothing in the cache, and says what Go said', async () => {
    fakeGo('echo "go.mod requires go >= 1.26.0" >&2; exit 1');
    const found = await controlPlaneBinaries();
    expect(found).toEqual({ missing: expect.stringContaining('go.mod requires go >= 1.26.0') });
    expect(readdirSync(join(folder, 'cache/cdk8s-flotilla/control-plane'))).toEqual([]);
  });

  test('without Go the reason says what to do', async () => {
    process.env.PATH = join(folder, 'empty');
    const found = await controlPlaneBinaries();
    expect(found).toEqual({ missing: expect.stringMatching(/Go is not installed.*install Go 1\.26.*or set KUBEBUILDER_ASSETS/) });
    expect(existsSync(join(folder, 'cache'))).toBe(true);
  });
});
