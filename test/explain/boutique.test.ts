import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import ts from 'typescript';
import { boutique } from '../../examples/boutique/main';
import { AddedOverlay, AnyApplication, Application, ExplainedField, Explanation, Step } from '../../lib';
import { explainTarget } from '../../lib/explain/explain';
import { findOverlays } from '../../lib/program/find-overlays';
import { renderSources } from '../../lib/source/render-sources';
import { parseYaml } from '../../lib/yaml/parse';

const ROOT = join(__dirname, '..', '..');

const fleet = boutique();
const committed = fleet.synthesize().files;
const targets = [...committed.keys()].flatMap(path => {
  const match = /^clusters\/([^/]+)\/([^/]+)\.yaml$/.exec(path);
  return match ? [[match[1], match[2]] as const] : [];
});
const explanations = targets.flatMap(([cluster, application]) => explainTarget(fleet, { cluster, application }, { renderSources, findOverlays }));
const every = explanations.flatMap(explanation => explanation.fields.map(field => ({ ...explanation, field })));

describe('every field of every object of the shop', () => {
  test('is explained: the objects and the fields are those of the committed tree', () => {
    const files = [...committed.keys()].filter(path => path.split('/').length > 3);
    expect(explanations.map(({ file }) => file).sort()).toEqual(files.sort());
    const wrong = explanations.filter(({ file, fields }) => {
      const found = fields.map(field => follow(documentOf(file), field.path));
      return fields.filter(({ order }) => !order).length !== leavesOf(documentOf(file)) || found.some(value => value === undefined);
    });
    expect(wrong.map(({ file }) => file)).toEqual([]);
    expect(every.length).toBeGreaterThan(6000);
  });

  test('has the committed value after the last step, and each step begins where the one before it ended', () => {
    const wrong = every.filter(({ file, field, field: { steps } }) => {
      const isBroken = steps.some(({ before, after }, i) => (
        i > 0 && (JSON.stringify(before) !== JSON.stringify(steps[i - 1].after) || JSON.stringify(after) === JSON.stringify(before))
      ));
      return isBroken || JSON.stringify(steps[steps.length - 1].after) !== JSON.stringify(follow(documentOf(file), field.path))
        || JSON.stringify(field.value) !== JSON.stringify(steps[steps.length - 1].after);
    });
    expect(wrong.map(name)).toEqual([]);
  });

  test('begins with the construct that makes the object, at the line that creates it', () => {
    const makers = new Map(explanations.map(({ madeBy, object }) => [`${madeBy.site} ${object.kind}`, { madeBy, object }]));
    for (const { madeBy, object } of makers.values()) {
      expect(textAt(madeBy.site)).toMatch(new RegExp(`^new k8s\\.Kube${object.kind}\\(`));
    }
    expect(every.filter(({ field, madeBy }) => field.steps[0].by !== 'construct' || field.steps[0].name !== madeBy.name).map(name)).toEqual([]);
  });

  test('names of each overlay that set it the line where the overlay is written', () => {
    const seen = new Set<string>();
    for (const { application, field } of every) {
      for (const step of field.steps.filter(({ by }) => by === 'overlay')) {
        const index = Number(/^overlays\[(\d+)\] of boutique\/(.*)$/.exec(step.name)?.[1]);
        const { props } = applicationOf(fleet, application).overlays[index];
        seen.add(`${application} ${index}`);
        // What the compiler reads there is the overlay: the same clusters, and the change that is named.
        const literal = literalAt(step.site);
        expect([step.site, Object.keys(literal)]).toEqual([step.site, Object.keys(props)]);
        expect(step.change! in literal).toBe(true);
        expect([undefined, JSON.stringify(props.where)]).toContain(literal.where);
        expect([undefined, JSON.stringify(props.values)]).toContain(literal.values);
      }
    }
    expect(seen.size).toBeGreaterThan(40);
  });
});

// The other way round, without any of what explains: a shop in which an overlay is missing.
describe('what is said of the overlays of the shop', () => {
  test('in a shop without overlays a field is as the construct makes it, or as synth does', () => {
    const bare = boutique();
    bare.node.children.forEach(each => each instanceof Application && overlaysOf(each).splice(0));
    const { files } = bare.synthesize();
    const wrong = every.filter(({ file, field, addedBy }) => {
      const made = field.steps.filter(({ by }) => by === 'construct' || (by === 'synth' && addedBy === undefined)).findLast(step => 'after' in step);
      return JSON.stringify(files.has(file!) ? follow(parseYaml(files.get(file!)!, file!), field.path) : undefined) !== JSON.stringify(made?.after);
    });
    expect(wrong.map(name)).toEqual([]);
  });

  const touched = new Map<string, { readonly file: string; readonly path: string; readonly step: Step }[]>();
  for (const { file, field } of every) {
    field.steps.filter(({ by }) => by === 'overlay').forEach(step => touched.set(step.name, [...touched.get(step.name) ?? [], { file: file!, path: field.path, step }]));
  }

  // Those of values apply before those of objects.
  test.each([...touched])('%s: what it touched is as said when it is the last one, and when it is missing as well', (overlay, fields) => {
    const [, text, application] = /^overlays\[(\d+)\] of boutique\/(.*)$/.exec(overlay)!;
    const index = Number(text);
    const shopUpTo = (end: number) => {
      const shop = boutique();
      const overlays = overlaysOf(applicationOf(shop, application));
      const isPatch = overlays[index].props.patch !== undefined;
      const kept = overlays.filter(({ props }, i) => (props.patch === undefined ? isPatch || i < end : isPatch && i < end));
      overlays.splice(0, Infinity, ...kept);
      const { files } = shop.synthesize();
      return ({ file, path }: { file: string; path: string }) => JSON.stringify(files.has(file) ? follow(parseYaml(files.get(file)!, file), path) : undefined);
    };
    const [without, last] = [shopUpTo(index), shopUpTo(index + 1)];
    const wrong = fields.filter(each => without(each) !== JSON.stringify(each.step.before) || last(each) !== JSON.stringify(each.step.after));
    expect(wrong).toEqual([]);
  });
});

test.each<[question: string, chain: string[]]>([
  ['prod-us-east-1 frontend deployment/frontend spec.replicas', [
    'new k8s.KubeDeployment(this, => undefined',
    "{ where: { environment: 'prod' }, values: { logLevel: 'warn', version: candidates.prod?.[service], replicas: 3 } }, => 3",
    "{ where: { environment: 'prod', region: 'us-east-1' }, values: { replicas: 6 } }, 3 => 6",
  ]],
  ['dev-eu-west-1 adservice deploy/adservice spec.template.spec.containers[server].image', [
    'new k8s.KubeDeployment(this, => us-central1-docker.pkg.dev/online-boutique-ci/microservices-demo/adservice:v0.10.6',
    "{ where: { environment: 'dev' }, values: { logLevel: 'debug', version: candidates.dev?.[service] } }, "
    + 'us-central1-docker.pkg.dev/online-boutique-ci/microservices-demo/adservice:v0.10.6 => us-central1-docker.pkg.dev/online-boutique-ci/microservices-demo/adservice:v0.11.0-rc.2',
  ]],
  ['prod-eu-west-1 redis-cart deployments.apps/redis-cart spec.template.spec.securityContext.seccompProfile.type', [
    'new k8s.KubeDeployment(this, => undefined',
    '{ => RuntimeDefault',
  ]],
  ['prod-eu-west-1 frontend cm/frontend-settings data.FRONTEND_MESSAGE', [
    'new k8s.KubeConfigMap(this, => undefined',
    "{ where: { environment: 'prod', region: 'eu-west-1' }, values: { settings: { FRONTEND_MESSAGE: 'Free delivery in Europe' } } }, => Free delivery in Europe",
  ]],
  ['prod-us-east-1 frontend cm/frontend-settings data.ENABLE_ASSISTANT', [
    'new k8s.KubeConfigMap(this, => undefined',
    "{ where: assistant, values: { settings: { ENABLE_ASSISTANT: 'true' } } }, => true",
  ]],
  ['prod-eu-west-1 platform ns/boutique metadata.labels.pod-security.kubernetes.io/enforce', [
    'new k8s.KubeNamespace(chart, => baseline',
    "{ where: { 'cluster-type': 'pci' }, values: { podSecurity: 'restricted', callOut: ['emailservice', 'paymentservice'] } }, baseline => restricted",
  ]],
  ['prod-eu-west-1 cartservice service/cartservice metadata.namespace', [
    'new k8s.KubeService(this, => undefined',
    "new Application(fleet, 'cartservice', { => boutique",
  ]],
])('%s', (question, chain) => {
  const [cluster, application, object, field] = question.split(' ');
  const { fields } = fleet.explain({ cluster, application, object, field });
  expect(fields).toHaveLength(1);
  const [{ steps }] = fields;
  expect(steps.map(({ site, before, after }) => {
    const text = textAt(site);
    return `${text.startsWith('new k8s') ? text.split(' ').slice(0, 2).join(' ') : text}${before === undefined ? '' : ` ${String(before)}`} => ${String(after)}`;
  })).toEqual(chain);
});

function name({ file, field }: Pick<Explanation, 'file'> & { field: ExplainedField }): string {
  return `${file} ${field.path}`;
}

const documents = new Map<string, unknown>();

function documentOf(file: string | undefined): unknown {
  documents.set(file!, documents.get(file!) ?? parseYaml(committed.get(file!)!, file!));
  return documents.get(file!);
}

/** The value at a path, by reading the path alone. */
function follow(document: unknown, path: string): any {
  return [...path.matchAll(/\["((?:[^"\\]|\\.)*)"\]|\[([^\]]*)\]|([^.[\]]+)/g)].reduce<any>((inner, [, quoted, item, key]) => {
    if (item !== undefined && Array.isArray(inner)) {
      const keys = ['name', 'containerPort', 'port', 'mountPath', 'key', 'host', 'path', 'type'];
      return inner.find(each => keys.some(each2 => String(each?.[each2]) === item || `${each?.[each2]}/${each?.protocol}` === item)) ?? inner[Number(item)];
    }
    return inner?.[key ?? quoted];
  }, document);
}

function leavesOf(value: unknown): number {
  if (typeof value !== 'object' || value === null) {
    return 1;
  }
  const inner = Object.values(value);
  const isList = Array.isArray(value) && inner.every(item => typeof item !== 'object' || item === null);
  return inner.length === 0 || isList ? 1 : inner.reduce<number>((sum, each) => sum + leavesOf(each), 0);
}

function placeOf(site: string | undefined): { file: string; line: number; column: number } {
  const [, file, line, column] = /^(examples\/boutique\/.*):(\d+):(\d+)$/.exec(String(site))!;
  return { file: join(ROOT, file), line: Number(line), column: Number(column) };
}

function textAt(site: string | undefined): string {
  const { file, line, column } = placeOf(site);
  return readFileSync(file, 'utf8').split('\n')[line - 1].slice(column - 1);
}

/** The keys of the object literal at a line, with the values that are plain as JSON; by TypeScript's own parser. */
function literalAt(site: string | undefined): Record<string, string | undefined> {
  const { file, line, column } = placeOf(site);
  const source = ts.createSourceFile(file, readFileSync(file, 'utf8'), ts.ScriptTarget.Latest, true);
  const position = source.getPositionOfLineAndCharacter(line - 1, column - 1);
  let found: ts.ObjectLiteralExpression | undefined;
  const look = (node: ts.Node): void => {
    if (ts.isObjectLiteralExpression(node) && node.getStart() === position) {
      found = node;
    }
    node.forEachChild(look);
  };
  look(source);
  return Object.fromEntries(found!.properties.map(property => [
    property.name!.getText(), ts.isPropertyAssignment(property) ? plainJson(property.initializer) : undefined,
  ]));
}

function plainJson(node: ts.Expression): string | undefined {
  try {
    // Literals alone: what names anything does not parse.
    return JSON.stringify(JSON.parse(node.getText().replace(/'/g, '"').replace(/([{,]\s*)(\w+):/g, '$1"$2":')));
  } catch {
    return undefined;
  }
}

function applicationOf(of: ReturnType<typeof boutique>, application: string): AnyApplication {
  return of.node.findChild(application) as AnyApplication;
}

/** The list itself: an application has no way to lose an overlay. */
function overlaysOf(application: AnyApplication): AddedOverlay[] {
  return application.overlays as AddedOverlay[];
}
