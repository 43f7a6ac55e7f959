import { chmodSync, existsSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { basename, dirname, join } from 'node:path';
import { argoCdBinaries, kustomizeControllerBinaries } from './binaries';
import { argoCdPlan, kustomizeControllerPlan } from './recipe';
import { packagesToInstall, redisServer } from './redis';

const environment = { ...process.env };
let folder: string;

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'flotilla-engines-test-'));
  process.env.FLOTILLA_TEST_CACHE = join(folder, 'cache');
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

/** A `go` that builds empty programs from one module, which holds the files of both engines, and writes down what it was asked for. */
function fakeGo(): string {
  const module = join(folder, 'module');
  for (const path of ['config/crd/bases/kustomizations.yaml', 'manifests/crds/application-crd.yaml', 'manifests/base/config/argocd-cm.yaml', 'manifests/crds/kustomization.yaml']) {
    mkdirSync(dirname(join(module, path)), { recursive: true });
    writeFileSync(join(module, path), `path: ${path}\n`);
    chmodSync(join(module, path), 0o444);
  }
  const log = join(folder, 'go.log');
  program(join(folder, 'bin/go'), `echo "$@" >> '${log}'\ncase "$1" in mod) echo '${JSON.stringify({ Dir: module })}';; build) echo program > "$6";; esac`);
  process.env.PATH = `${join(folder, 'bin')}:${environment.PATH}`;
  return log;
}

test('each engine is a build of its own, of the version that its go.mod requires', () => {
  const [flux, argo] = [kustomizeControllerPlan(), argoCdPlan()];
  expect([flux, argo].map(plan => plan.programs.map(({ name, version }) => `${name} ${version}`))).toEqual([
    [expect.stringMatching(/^kustomize-controller v1\.\d+\.\d+$/)], [expect.stringMatching(/^argocd v3\.\d+\.\d+$/)],
  ]);
  expect(new Set([flux.hash, argo.hash]).size).toBe(2);
  expect(argo.ldflags).toContain(`common.version=${argo.programs[0]!.version.slice(1)}`);
});

test('a built kustomize-controller has its definitions beside it, and the next run finds it', async () => {
  const log = fakeGo();
  const said: string[] = [];
  const built = await kustomizeControllerBinaries(line => said.push(line));
  if ('missing' in built) throw new Error(built.missing);
  expect(said[0]).toMatch(/^flux kustomize-controller: no binaries in .*; about three minutes/);
  expect(readFileSync(built.program, 'utf8')).toBe('program\n');
  expect(readdirSync(built.crds)).toEqual(['kustomizations.yaml']);
  const calls = readFileSync(log, 'utf8');
  expect(await kustomizeControllerBinaries(() => undefined)).toEqual(built);
  expect(readFileSync(log, 'utf8')).toBe(calls);
});

test('a built Argo CD is one program with a name for each role', async () => {
  fakeGo();
  program(join(folder, 'bin/redis-server'));
  const built = await argoCdBinaries(() => undefined);
  if ('missing' in built) throw new Error(built.missing);
  expect([built.applicationController, built.repoServer].map(path => basename(path))).toEqual(['argocd-application-controller', 'argocd-repo-server']);
  expect(readFileSync(built.repoServer, 'utf8')).toBe('program\n');
  expect([readdirSync(built.crds), readdirSync(built.config)]).toEqual([['application-crd.yaml'], ['argocd-cm.yaml']]);
  expect(built.redis).toEqual({ program: join(folder, 'bin/redis-server'), env: {} });
});

test('without Go there is a reason, which speaks of no API server', async () => {
  process.env.PATH = join(folder, 'empty');
  const found = await kustomizeControllerBinaries(() => undefined);
  expect(found).toEqual({ missing: expect.stringMatching(/^Go is not installed.*install Go 1\.26/) });
  expect(found).toEqual({ missing: expect.not.stringContaining('KUBEBUILDER_ASSETS') });
});

test('without Redis, nothing is built for Argo CD', async () => {
  process.env.PATH = join(folder, 'empty');
  expect(await argoCdBinaries(() => undefined)).toEqual({ missing: expect.stringMatching(/^there is no redis-server.*there is no apt-get/) });
  expect(existsSync(join(folder, 'cache'))).toBe(false);
});

describe('a redis-server of Debian', () => {
  const simulation = 'Reading package lists...\nInst libjemalloc2 (5.3.0-1 Debian:12 [amd64])\nInst redis-server (5:7.0.15 Debian [amd64])\nConf redis-server (5:7.0.15)\n';

  test('needs what apt would install', () => {
    expect(packagesToInstall(simulation)).toEqual(['libjemalloc2', 'redis-server']);
  });

  test('is unpacked into the cache with its libraries, once', async () => {
    const log = join(folder, 'apt.log');
    program(join(folder, 'bin/apt-get'), `echo "$@" >> '${log}'\n[ "$1" = install ] && printf '${simulation}' || /usr/bin/touch "$2.deb" "$3.deb"`);
    program(join(folder, 'bin/dpkg'), '/bin/mkdir -p usr/bin usr/lib/x86_64-linux-gnu; printf "#!/bin/sh\\n" > usr/bin/redis-server; /bin/chmod +x usr/bin/redis-server');
    process.env.PATH = join(folder, 'bin');
    const found = await redisServer(() => undefined);
    if ('missing' in found) throw new Error(found.missing);
    expect(found.program).toMatch(/cache\/cdk8s-flotilla\/redis\/[^/]+\/usr\/bin\/redis-server$/);
    expect(found.env.LD_LIBRARY_PATH?.split(':').map(path => basename(path))).toEqual(['lib', 'x86_64-linux-gnu']);
    expect(await redisServer(() => undefined)).toEqual(found);
    expect(readFileSync(log, 'utf8').trim().split('\n')).toEqual(['install --simulate --no-install-recommends redis-server', 'download libjemalloc2 redis-server']);
  });

  test('that does not run is not kept', async () => {
    program(join(folder, 'bin/apt-get'), `[ "$1" = install ] && printf '${simulation}' || /usr/bin/touch "$2.deb"`);
    program(join(folder, 'bin/dpkg'), '/bin/mkdir -p usr/bin; printf "#!/bin/sh\\nexit 1\\n" > usr/bin/redis-server; /bin/chmod +x usr/bin/redis-server');
    process.env.PATH = join(folder, 'bin');
    expect(await redisServer(() => undefined)).toEqual({ missing: expect.stringContaining('none could be had from apt') });
    expect(readdirSync(join(folder, 'cache/cdk8s-flotilla/redis'))).toEqual([]);
  });
});
