import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { deployment } from '../../lib/bootstrap/deployment';
import { USER_ID } from '../../lib/bootstrap/settings';
import { ROOT } from '../house/source-file';

interface Instruction {
  readonly name: string;
  readonly text: string;
}

const read = (file: string): string => readFileSync(join(ROOT, file), 'utf8');
const instructions = parse(read('Dockerfile'));
const of = (name: string): string[] => instructions.filter(each => each.name === name).map(({ text }) => text);
/** Sources of a COPY, and its target. */
const words = (text: string): string[] => text.split(/\s+/).filter(word => !word.startsWith('--'));

/** One a line, continued lines joined, without comments. */
function parse(text: string): Instruction[] {
  const lines = text.split('\n').filter(line => !/^\s*(#|$)/.test(line)).join('\n').replace(/\\\n/g, ' ').split('\n').filter(line => line !== '');
  return lines.map(line => ({ name: line.split(' ')[0], text: line.slice(line.indexOf(' ') + 1).trim() }));
}

describe('the Dockerfile', () => {
  test('copies from the project only what is there and what .dockerignore lets through', () => {
    const copied = of('COPY').filter(text => !text.startsWith('--from')).flatMap(text => words(text).slice(0, -1));
    const [first, ...allowed] = read('.dockerignore').split('\n').filter(line => line !== '' && !line.startsWith('#'));
    expect(first).toBe('*');
    expect(copied.length).toBeGreaterThan(3);
    expect(copied.filter(path => !existsSync(join(ROOT, path)))).toEqual([]);
    expect(copied.filter(path => !allowed.includes(`!${path}`))).toEqual([]);
    expect(allowed.filter(path => !copied.includes(path.slice(1)))).toEqual([]);
  });

  test('copies from its stages what they make', () => {
    const { outDir, rootDir } = (JSON.parse(read('tsconfig.json').replace(/^\/\/.*$/gm, '')) as { compilerOptions: { outDir: string; rootDir: string } }).compilerOptions;
    expect([outDir, rootDir]).toEqual(['build', 'lib']);
    const stages = of('FROM').flatMap(text => / AS (\w+)$/.exec(text)?.[1] ?? []);
    expect(of('COPY').flatMap(text => /^--from=(\w+) (\S+)/.exec(text)?.slice(1).join(' ') ?? [])).toEqual(['dependencies /app/node_modules', 'build /app/build', 'build /app/lib/sandbox/data', 'build /app/lib/schema/data']);
    expect(stages).toEqual(['build', 'dependencies']);
  });

  test('starts the program of the package', () => {
    const [entry] = of('ENTRYPOINT');
    const { bin } = JSON.parse(read('package.json')) as { bin: { flotilla: string } };
    expect(JSON.parse(entry)).toEqual(['node', `/app/${bin.flotilla}`]);
    expect(existsSync(join(ROOT, bin.flotilla.replace(/^build/, 'lib').replace(/\.js$/, '.ts')))).toBe(true);
  });

  test('runs as a user that is a number, that the pod has too, and that has a name for ssh', () => {
    expect(of('USER')).toEqual([`${USER_ID}:${USER_ID}`]);
    expect(of('RUN').join('\n')).toContain(`useradd --uid ${USER_ID} --gid ${USER_ID}`);
    const pod = (deployment({ mode: 'agent', image: 'a', repo: 'https://git.example.com/a.git', clusters: ['a'] }, {}).spec as any).template.spec; // eslint-disable-line @typescript-eslint/no-explicit-any
    expect(pod.securityContext).toMatchObject({ runAsNonRoot: true, runAsUser: USER_ID, fsGroup: USER_ID });
    expect(pod.containers[0].securityContext).toEqual({ allowPrivilegeEscalation: false, readOnlyRootFilesystem: true, capabilities: { drop: ['ALL'] } });
  });

  test('has git, ssh and certificates, and no packages that only developers need', () => {
    const runs = of('RUN').join('\n');
    for (const name of ['git', 'openssh-client', 'ca-certificates']) expect(runs).toMatch(new RegExp(`apt-get install .*\\b${name}\\b`));
    expect(runs).toContain('npm ci --omit=dev --omit=peer');
  });

  test('is no part of the package', () => {
    expect(read('.npmignore').split('\n')).toEqual(expect.arrayContaining(['/Dockerfile', '/.dockerignore']));
  });
});
