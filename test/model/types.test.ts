import { join } from 'node:path';
import * as ts from 'typescript';

const FOLDER = join(__dirname, 'fixtures');

/** The first message of the compiler for each snippet, and for the example of the design; undefined where there is none. */
function compile(snippets: readonly string[]): (string | undefined)[] {
  const { config } = ts.readConfigFile(join(__dirname, '../../tsconfig.json'), path => ts.sys.readFile(path));
  const { options: settings } = ts.convertCompilerOptionsFromJson(config.compilerOptions, join(__dirname, '../..'));
  const files = new Map(snippets.map((snippet, i) => [join(FOLDER, `snippet-${i}.ts`), `${HEADER}\n${snippet}\n`]));
  const compilerOptions: ts.CompilerOptions = { ...settings, noEmit: true, rootDir: undefined, noUnusedLocals: false, noUnusedParameters: false, types: ['node'] };
  const host = ts.createCompilerHost(compilerOptions);
  const { getSourceFile, fileExists, readFile } = host;
  host.getSourceFile = (path, options, ...rest) => {
    const text = files.get(path);
    return text === undefined ? getSourceFile(path, options, ...rest) : ts.createSourceFile(path, text, options);
  };
  host.fileExists = path => files.has(path) || fileExists(path);
  host.readFile = path => files.get(path) ?? readFile(path);
  const program = ts.createProgram([...files.keys()], compilerOptions, host);
  return [...files.keys(), join(FOLDER, 'design.ts')].map(path => {
    const source = program.getSourceFile(path);
    const first = [...program.getSyntacticDiagnostics(source), ...program.getSemanticDiagnostics(source)].at(0);
    return first && ts.flattenDiagnosticMessageText(first.messageText, '\n');
  });
}

const HEADER = `
import { Application, Cluster, Environment, Fleet, openValues, Overlay, patch, type Target } from '../../../lib';
import { fleet, web } from './design';
const prod = new Environment(fleet, 'prod');
const render = () => {};
`;

const ACCEPTED: readonly (readonly [title: string, snippet: string])[] = [
  ['labels that every fleet has, as free strings', "new Cluster(prod, 'c', { labels: { 'team': 'checkout', 'cost-center': 'retail', 'region': 'us-east-1' } });"],
  ['a selector with one value, with several, and all but some', `
    new Application(fleet, 'a', { render, placement: { environment: ['staging', 'prod'], region: 'eu-west-1', team: 'x', not: { cluster: ['a', 'b'], not: { 'cluster-type': 'pci' } } } });`],
  ['literal unions for environment and labels in render, without a type argument', `
    new Application(fleet, 'a', { placement: {}, values: { replicas: 1, tags: ['x'], nested: { on: true } }, render: (chart, values, target) => {
      const environment: 'dev' | 'staging' | 'prod' = target.environment;
      const region: 'us-west-2' | 'us-east-1' | 'eu-west-1' | undefined = target.labels.region;
      const team: string | undefined = target.labels.team;
      const replicas: number = values.replicas;
      const on: boolean = values.nested.on;
      const tags: string[] = values.tags;
    } });`],
  ['the example of a fleet whose labels are not closed', `
    const small = new Fleet('small', { environments: ['prod'] });
    const only = new Environment(small, 'prod', { labels: { region: 'anywhere' } });
    new Application(small, 'a', { placement: { region: 'anywhere' }, render });`],
  ['levels of checks, and rules that know the environments and the labels', `
    const checked = new Fleet('checked', { environments: ['dev', 'prod'], labels: { region: ['eu', 'us'] }, checks: { 'missing-reference': 'error', 'deprecated-api': 'off' } });
    checked.require('two replicas', (object, target) => {
      const environment: 'dev' | 'prod' = target.environment;
      const region: 'eu' | 'us' | undefined = target.labels.region;
      return object.kind !== 'Deployment' || environment !== 'prod' || object.spec.replicas >= 2 || 'too few';
    }, { level: 'warning' });`],
  ['part of nested values, whole arrays and any key of an empty map in an overlay', `
    new Application(fleet, 'a', { placement: {}, render, values: { resources: { cpu: '1', memory: '1Gi' }, ports: [80], env: {} },
      overlays: [{ where: {}, values: { resources: { cpu: '2' }, ports: [80, 443], env: { A: '1' } } }] });`],
  ['any key of values that are declared open', `
    new Application(fleet, 'a', { placement: {}, render, values: { env: openValues<Record<string, string>>({ A: '1' }) }, overlays: [{ where: {}, values: { env: { B: '2' } } }] });`],
  ['optional keys of declared values', `
    interface Values { image: string; tls?: { secret: string; hosts: string[] } }
    const values: Values = { image: 'a' };
    new Application(fleet, 'a', { placement: {}, values, overlays: [{ where: {}, values: { tls: { secret: 's' } } }], render: (_chart, v) => { const tls: Values['tls'] = v.tls; } });`],
  ['values overlays and patches from elsewhere', `
    new Overlay(web, 'values', { where: { region: ['eu-west-1'] }, values: { image: 'b' } });
    new Overlay(web, 'patch', { where: {}, patch: { kind: 'Deployment' }, with: d => { d.spec.replicas = 2; d.metadata.annotations = { a: 'b' }; } });`],
  ['every change of an overlay, alone and together', `
    new Application(fleet, 'a', { placement: {}, render, values: { x: 1 }, overlays: [
      { where: {}, images: { web: '1.4.3' } }, { where: {}, replicas: { web: 6 } }, { where: {}, labels: { a: 'b' } }, { where: {}, annotations: { a: 'b' }, optional: true },
      { where: {}, namePrefix: 'eu-' }, { where: {}, nameSuffix: '-eu' }, { where: {}, namespace: 'eu' },
      { where: {}, remove: { kind: 'Job' } }, { where: {}, remove: [{ kind: 'Job', labels: { a: 'b' } }] },
      { where: { environment: 'prod' }, values: { x: 2 }, patch: { kind: 'Deployment' }, with: d => { d.spec.replicas = 2; }, images: { web: '2' }, labels: { a: 'b' } },
    ] });`],
  ['a patch as a function, as a strategic merge patch and as operations', `
    new Application(fleet, 'a', { placement: {}, render, overlays: [
      { where: {}, patch: { kind: 'Deployment', labels: { app: 'web' } }, with: d => { d.spec.anything.at.all = 1; } },
      { where: {}, patch: { kind: 'Deployment' }, with: { spec: { replicas: null, template: { spec: { containers: [{ name: 'a', $patch: 'delete' }] } } } } },
      { where: {}, patch: { kind: 'Deployment' }, with: [{ op: 'remove', path: '/spec/replicas' }, { op: 'add', path: '/a', value: [1] }, { op: 'move', from: '/a', path: '/b' }] },
    ] });`],
  ['a patch that knows the type of its kind', `
    new Application(fleet, 'a', { placement: {}, render, values: { x: 1 }, overlays: [
      { where: {}, ...patch({ kind: 'Deployment', name: 'web' }, d => {
        d.spec.minReadySeconds = 30;
        d.metadata.annotations = { ...d.metadata.annotations, a: 'b' };
        d.spec.template.spec.containers[0].resources = { limits: { cpu: 2, memory: '1Gi' } };
        d.spec.strategy = { rollingUpdate: { maxSurge: '25%', maxUnavailable: 0 } };
      }) },
      { where: { environment: 'prod' }, values: { x: 2 }, ...patch({ kind: 'Ingress.networking.k8s.io' }, i => { i.spec.rules?.forEach(rule => { rule.host = 'a.example'; }); }) },
      { where: {}, optional: true, ...patch({ kind: 'CronJob' }, c => { c.spec.jobTemplate.spec.template.spec.restartPolicy = 'Never'; }) },
      { where: {}, ...patch({ kind: 'Certificate.cert-manager.io' }, c => { c.spec.anything = 1; }) },
    ] });
    new Overlay(web, 'typed', { where: {}, ...patch({ kind: 'ConfigMap' }, c => { c.data = { a: 'b' }; }) });`],
  ['overlays of a fleet, an environment and a cluster', `
    const f = new Fleet('f', { environments: ['dev', 'prod'], labels: { region: ['eu', 'us'] }, overlays: [
      { labels: { team: 'a' } }, { where: { environment: 'prod', region: 'eu' }, applications: ['web'], images: { web: '2' } },
      ...[{ where: {}, ...patch({ kind: 'Deployment' }, d => { d.spec.replicas = 2; }) }],
    ] });
    const e = new Environment(f, 'prod', { overlays: [{ where: { region: 'us' }, namePrefix: 'us-' }] });
    const c = new Cluster(e, 'c', { overlays: [{ replicas: { web: 1 }, optional: true }] });
    new Overlay(f, 'x', { labels: { a: 'b' } });
    new Overlay(e, 'x', { where: { cluster: 'c' }, patch: { kind: 'Deployment' }, with: [] });
    new Overlay(c, 'x', { remove: { kind: 'Job' } });`],
  ['applications of other values as dependencies', "new Application(fleet, 'a', { placement: {}, render, values: { x: 1 }, dependsOn: [web] }).addDependency(web);"],
  ['an application as a class', `
    class Service extends Application<typeof fleet, { image: string }> {
      constructor(id: string, image: string) { super(fleet, id, { placement: {}, values: { image }, render: (chart, values) => { values.image.trim(); } }); }
    }
    new Overlay(new Service('a', 'b'), 'o', { where: { environment: 'prod' }, values: { image: 'c' } });`],
  ['health rules and fields to ignore, of an application and of a fleet', `
    const health = [{ kind: 'Gear', group: 'example.com', healthy: "object.status.phase == 'Ready'", message: 'object.status.reason' }] as const;
    new Fleet('f', { environments: ['a'], health, ignore: [{ kind: 'Deployment', fields: ['spec.replicas'] }] });
    new Application(fleet, 'a', { placement: {}, render, health, ignore: [{ kind: 'Deployment', group: 'apps', name: 'web', fields: ['spec.replicas'] }] });`],
  ['render as an expression', "new Application(fleet, 'a', { placement: {}, render: chart => chart.node });"],
];

const REJECTED: readonly (readonly [title: string, snippet: string, message: RegExp])[] = [
  ['an environment that the fleet does not have', "new Environment(fleet, 'prd');", /'"prd"' is not assignable to .*"prod"/],
  ['a label value that is not in the vocabulary', "new Cluster(prod, 'c', { labels: { region: 'mars' } });", /"mars"' is not assignable/],
  ['a check that there is not', "new Fleet('f', { environments: ['a'], checks: { 'missing-referense': 'off' } });", /'missing-referense'.* does not exist/s],
  ['a level that there is not', "new Fleet('f', { environments: ['a'], checks: { 'missing-reference': 'none' } });", /"none"' is not assignable/],
  ['a rule for an environment that the fleet does not have', "fleet.require('r', (_object, target) => target.environment !== 'prd');", /no overlap/],
  ['a rule that is asynchronous', "fleet.require('r', async () => true);", /Promise<boolean>' is not assignable/],
  ['a misspelt label', "new Cluster(prod, 'c', { labels: { regoin: 'eu-west-1' } });", /'regoin' does not exist .*Did you mean to write 'region'/s],
  ['a misspelt label of an environment', "new Environment(fleet, 'dev', { labels: { regoin: 'eu-west-1' } });", /Did you mean to write 'region'/],
  ['an unknown environment in a placement', "new Application(fleet, 'a', { render, placement: { environment: 'prd' } });", /'"prd"'.*Did you mean '"prod"'/s],
  ['an unknown environment in a list', "new Application(fleet, 'a', { render, placement: { environment: ['prd'] } });", /'"prd"' is not assignable/],
  ['a misspelt label in a placement', "new Application(fleet, 'a', { render, placement: { regoin: 'eu-west-1' } });", /Did you mean to write 'region'/],
  ['a misspelt label within not', "new Application(fleet, 'a', { render, placement: { not: { regoin: 'eu-west-1' } } });", /Did you mean to write 'region'/],
  ['an unknown label value in an overlay', `
    new Application(fleet, 'a', { render, placement: {}, values: { x: 1 }, overlays: [{ where: { region: 'mars' }, values: { x: 2 } }] });`, /"mars"' is not assignable/],
  ['a misspelt key of the values', `
    new Application(fleet, 'a', { render, placement: {}, values: { replicas: 1 }, overlays: [{ where: {}, values: { replica: 6 } }] });`, /'replica' does not exist .*Did you mean to write 'replicas'/s],
  ['a misspelt key deep in the values', `
    new Application(fleet, 'a', { render, placement: {}, values: { r: { cpu: '1' } }, overlays: [{ where: {}, values: { r: { cpus: '2' } } }] });`, /Did you mean to write 'cpu'/],
  ['a value of the wrong type', `
    new Application(fleet, 'a', { render, placement: {}, values: { replicas: 1 }, overlays: [{ where: {}, values: { replicas: '6' } }] });`, /'string' is not assignable to type 'number'/],
  ['a misspelt label in an overlay from elsewhere', "new Overlay(web, 'o', { where: { regoin: 'eu-west-1' }, values: {} });", /Did you mean to write 'region'/],
  ['a misspelt key in an overlay from elsewhere', "new Overlay(web, 'o', { where: {}, values: { replica: 6 } });", /Did you mean to write 'replicas'/],
  ['a value of the wrong type in an overlay from elsewhere', "new Overlay(web, 'o', { where: {}, values: { replicas: '6' } });", /'string' is not assignable to type 'number'/],
  ['an overlay that changes nothing', "new Overlay(web, 'o', { where: {} });", /not assignable to parameter of type 'OverlayProps/],
  ['a patch without a function', "new Overlay(web, 'o', { where: {}, patch: { kind: 'Deployment' } });", /'with' is missing/],
  ['a misspelt field of a kind', "patch({ kind: 'Deployment' }, d => { d.spec.minReadySecond = 30; });", /'minReadySecond' does not exist .*Did you mean 'minReadySeconds'/s],
  ['a field of a kind with a value of another type', "patch({ kind: 'Deployment' }, d => { d.spec.replicas = '2'; });", /'string' is not assignable to type 'number'/],
  ['a misspelt field deep in a kind that is named with its group', `
    patch({ kind: 'Deployment.apps' }, d => { d.spec.template.spec.containers[0].imagePullPolice = 'Always'; });`, /Did you mean 'imagePullPolicy'/],
  ['a field that may not be there, used as if it were', "patch({ kind: 'Deployment' }, d => { d.metadata.labels.a = 'b'; });", /possibly 'undefined'/],
  ['a misspelt change', "new Overlay(web, 'o', { where: {}, image: { web: '2' } });", /'image' does not exist|No overload/],
  ['an image that is a number', "new Overlay(web, 'o', { where: {}, images: { web: 2 } });", /'number' is not assignable to type 'string'/],
  ['an operation that there is not', "new Overlay(web, 'o', { where: {}, patch: { kind: 'A' }, with: [{ op: 'delete', path: '/a' }] });", /not assignable/],
  ['a misspelt label in an overlay of a fleet', "new Overlay(fleet, 'o', { where: { regoin: 'eu-west-1' }, labels: { a: 'b' } });", /Did you mean to write 'region'/],
  ['an environment that there is not in the overlays of a fleet', `
    new Fleet('f', { environments: ['dev'], overlays: [{ where: { environment: 'prod' }, labels: { a: 'b' } }] });`, /'"prod"' is not assignable/],
  ['values in an overlay of an environment', "new Overlay(prod, 'o', { values: { replicas: 1 } });", /'values' does not exist|not assignable|No overload/],
  ['an overlay of a cluster that changes nothing', "new Overlay(new Cluster(prod, 'c'), 'o', { where: {} });", /not assignable/],
  ['a key of the values that render does not have', "new Application(fleet, 'a', { placement: {}, values: { x: 1 }, render: (_chart, values) => values.y });", /'y' does not exist/],
  ['a health rule that does not say when it is healthy', "new Application(fleet, 'a', { render, placement: {}, health: [{ kind: 'Gear', degraded: 'true' }] });", /'healthy' is missing/],
  ['a health rule in the words of Flux', "new Application(fleet, 'a', { render, placement: {}, health: [{ kind: 'Gear', healthy: 'true', inProgress: 'true' }] });", /'inProgress' does not exist/],
  ['one field to ignore in place of a list', "new Application(fleet, 'a', { render, placement: {}, ignore: [{ kind: 'Deployment', fields: 'spec.replicas' }] });", /'string' is not assignable/],
  ['an environment that cannot be, compared in render', `
    new Application(fleet, 'a', { placement: {}, render: (_chart, _values, target) => target.environment === 'prd' });`, /no overlap/],
  ['a label that would mean something else in a selector', "new Fleet('f', { environments: ['a'], labels: { cluster: ['x'] } });", /not assignable to type 'undefined'/],
  ['a cluster outside of an environment', "new Cluster(fleet, 'c');", /not assignable to parameter of type 'Environment/],
  ['an overlay of a fleet with other labels', `
    const other = new Fleet('other', { environments: ['a'] });
    new Overlay(new Application(other, 'x', { placement: {}, render, values: { x: 1 } }), 'o', { where: { environment: 'prod' }, values: { x: 2 } });`, /'"prod"' is not assignable to .*"a"/],
];

const messages = compile([...ACCEPTED, ...REJECTED].map(([, snippet]) => snippet));

test('the compiler accepts the example of the design', () => {
  expect(messages.at(-1)).toBeUndefined();
});

test.each(ACCEPTED.map(([title], i) => [title, i] as const))('the compiler accepts %s', (_title, i) => {
  expect(messages[i]).toBeUndefined();
});

test.each(REJECTED.map(([title, , message], i) => [title, message, i] as const))('the compiler rejects %s', (_title, message, i) => {
  expect(messages[ACCEPTED.length + i]).toMatch(message);
});
