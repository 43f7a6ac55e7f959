import { ApiObject, Chart } from 'cdk8s';
import { Construct, DependencyGroup, IDependable } from 'constructs';
import fc from 'fast-check';
import { errorsOf, objectsIn, web } from './one-cluster';

const WAVE = 'cdk8s-flotilla.dev/wave';

function object(scope: Construct, id: string, wave?: string, kind: { apiVersion: string; kind: string; spec?: object } = { apiVersion: 'v1', kind: 'ConfigMap' }): ApiObject {
  return new ApiObject(scope, id, { ...kind, metadata: { name: id, ...(wave === undefined ? {} : { annotations: { [WAVE]: wave } }) } });
}

/** The waves of all objects by their names, as committed. */
function waves(render: (chart: Chart) => void): Record<string, string | undefined> {
  return Object.fromEntries(Object.values(objectsIn(web(render))).map(({ metadata }) => [metadata.name, metadata.annotations?.[WAVE]]));
}

const CASES: Record<string, readonly [render: (chart: Chart) => void, waves: Record<string, string | undefined>]> = {
  'objects without dependencies have no wave': [chart => { object(chart, 'a'); object(chart, 'b'); }, { a: undefined, b: undefined }],
  'a chain makes a wave of each object': [chart => {
    const [a, b, c] = ['a', 'b', 'c'].map(id => object(chart, id));
    c.addDependency(b);
    b.node.addDependency(a);
  }, { a: undefined, b: '1', c: '2' }],
  'the longest path counts': [chart => {
    const [a, b, c, d] = ['a', 'b', 'c', 'd'].map(id => object(chart, id));
    d.addDependency(a, c);
    c.addDependency(b);
    b.addDependency(a);
  }, { a: undefined, b: '1', c: '2', d: '3' }],
  'a construct waits for all objects of another': [chart => {
    const [first, second] = ['first', 'second'].map(id => new Construct(chart, id));
    object(first, 'a').addDependency(object(first, 'b'));
    object(second, 'c');
    object(second, 'd');
    second.node.addDependency(first);
  }, { b: undefined, a: '1', c: '2', d: '2' }],
  'a chart waits for another chart': [chart => {
    const [first, second] = ['first', 'second'].map(id => new Chart(chart, id, { namespace: 'shop' }));
    object(new Construct(first, 'deep'), 'a');
    object(second, 'b');
    second.addDependency(first);
  }, { a: undefined, b: '1' }],
  'a chart inside of a chart waits for nothing, unlike in the file that cdk8s writes': [chart => {
    object(new Chart(chart, 'inner', { namespace: 'shop' }), 'a');
    object(chart, 'b');
  }, { a: undefined, b: undefined }],
  'a group of constructs can be waited for': [chart => {
    const [a, b, c] = ['a', 'b', 'c'].map(id => object(chart, id));
    c.node.addDependency(new DependencyGroup(a, b));
    b.addDependency(a);
  }, { a: undefined, b: '1', c: '2' }],
  'a chart that waits for a part of itself: all but that part wait': [chart => {
    const part = new Construct(new Construct(chart, 'outer'), 'part');
    object(part, 'a');
    object(part, 'b');
    object(part.node.scope as Construct, 'c');
    object(chart, 'd');
    chart.addDependency(part);
  }, { a: undefined, b: undefined, c: '1', d: '1' }],
  'a chart that waits for two parts of itself': [chart => {
    const [a, b] = ['a', 'b', 'c'].map(id => object(chart, id));
    chart.addDependency(a, b);
  }, { a: undefined, b: undefined, c: '1' }],
  'a part that waits for its whole chart: it waits for all but itself': [chart => {
    const [a] = ['a', 'b', 'c'].map(id => object(chart, id));
    a.addDependency(chart);
  }, { a: '1', b: undefined, c: undefined }],
  'an object inside of an object': [chart => {
    const a = object(chart, 'a');
    object(a, 'b').addDependency(a);
  }, { a: undefined, b: '1' }],
  'a construct that waits for itself waits for nothing': [chart => { const a = object(chart, 'a'); a.addDependency(a); }, { a: undefined }],
  'a construct without objects orders nothing': [chart => {
    const [a, b] = ['a', 'b'].map(id => object(chart, id));
    const empty = new Construct(chart, 'empty');
    b.addDependency(empty);
    empty.node.addDependency(a);
  }, { a: undefined, b: undefined }],
  'whoever waits for a definition needs no wave, because definitions come first anyway': [chart => {
    const namespace = object(chart, 'n', undefined, { apiVersion: 'v1', kind: 'Namespace' });
    const a = object(chart, 'a');
    const b = object(chart, 'b');
    chart.addDependency(namespace);
    b.addDependency(a);
  }, { n: undefined, a: undefined, b: '1' }],
  'a definition waits for nothing, or what needs it could not be applied': [chart => {
    const versions = [{ name: 'v1', served: true, storage: true, schema: { openAPIV3Schema: { type: 'object' } } }];
    const crd = object(chart, 'crds.example.com', undefined, {
      apiVersion: 'apiextensions.k8s.io/v1', kind: 'CustomResourceDefinition',
      spec: { group: 'example.com', scope: 'Cluster', names: { kind: 'Crd', plural: 'crds' }, versions },
    });
    const a = object(chart, 'a');
    crd.addDependency(a);
    a.addDependency(crd);
  }, { 'crds.example.com': undefined, 'a': undefined }],
  'a wave that the user gave stays': [chart => { object(chart, 'a', '3'); object(chart, 'b', '-2'); object(chart, 'c', '0'); }, { a: '3', b: '-2', c: '0' }],
  'a wave that the user gave is the least': [chart => {
    const [a, b, c, d] = [object(chart, 'a', '5'), object(chart, 'b', '2'), object(chart, 'c', '9'), object(chart, 'd')];
    b.addDependency(a);
    c.addDependency(b);
    d.addDependency(c);
  }, { a: '5', b: '6', c: '9', d: '10' }],
  'waves below 0 order too': [chart => {
    const [a, b] = [object(chart, 'a', '-5'), object(chart, 'b', '-5')];
    b.addDependency(a);
    object(chart, 'c').addDependency(b);
  }, { a: '-5', b: '-4', c: undefined }],
  'the items of a list share what they wait for': [chart => {
    const a = object(chart, 'a');
    const list = new ApiObject(chart, 'list', { apiVersion: 'v1', kind: 'List', items: ['b', 'c'].map(name => ({ apiVersion: 'v1', kind: 'ConfigMap', metadata: { name } })) });
    list.addDependency(a);
    object(chart, 'd').addDependency(list);
  }, { a: undefined, b: '1', c: '1', d: '2' }],
};

test.each(Object.entries(CASES))('%s', (_title, [render, expected]) => {
  expect(waves(render)).toEqual(expected);
});

test.each<[string, (chart: Chart) => void, RegExp]>([
  ['objects', chart => {
    const [a, b, c] = ['a', 'b', 'c'].map(id => object(chart, id));
    a.addDependency(b);
    b.addDependency(c);
    c.addDependency(a);
    object(chart, 'behind').addDependency(a);
  }, /^objects wait for each other: (shop\/web\/[abc])( waits for shop\/web\/[abc]){2} waits for \1$/],
  ['charts whose objects wait the other way', chart => {
    const [first, second] = ['first', 'second'].map(id => new Chart(chart, id, { namespace: 'shop' }));
    const [a, b] = [object(first, 'a'), object(second, 'b')];
    first.addDependency(second);
    b.addDependency(a);
  }, /^objects wait for each other: shop\/web\/first\/a waits for shop\/web\/second\/b waits for shop\/web\/first\/a$|^objects wait for each other: shop\/web\/second\/b waits for shop\/web\/first\/a waits for shop\/web\/second\/b$/],
])('%s that wait for each other are an error that shows the cycle', (_title, render, what) => {
  expect(errorsOf(web(render))).toMatchObject([{
    code: 'FLT2017', what: expect.stringMatching(what), where: { construct: expect.stringMatching(/^shop\/web\//), source: expect.stringMatching(/^test\/synth\/order.test.ts:/) },
  }]);
});

test.each<[string, (chart: Chart) => IDependable, string]>([
  ['an object of another tree', () => object(new Chart(undefined as never, 'other'), 'x'), 'web/a depends on other/x, which this render did not create'],
  ['no construct', () => ({}), 'web/a depends on something that is not a construct, which this render did not create'],
])('a dependency on %s is an error', (_title, dependency, what) => {
  expect(errorsOf(web(chart => object(chart, 'a').node.addDependency(dependency(chart))))).toMatchObject([{ code: 'FLT2018', what }]);
});

test.each(['x', '1.5', ''])('the wave %p is an error', wave => {
  expect(errorsOf(web(chart => { object(chart, 'a', wave); }))).toMatchObject([{ code: 'FLT2019', what: `ConfigMap 'a' has the wave ${JSON.stringify(wave)}` }]);
});

test('waves are those of the pairs of objects, for random trees and dependencies', () => {
  // A tree as the parent of each construct; dependencies lead from later to earlier constructs that do not contain each other, so there is no cycle.
  const node = fc.record({ parent: fc.nat(), isObject: fc.boolean(), waits: fc.array(fc.nat(), { maxLength: 3 }) });
  const trees = fc.array(node, { minLength: 1, maxLength: 14 });
  fc.assert(fc.property(trees, nodes => {
    const pairs = new Map<string, Set<string>>();
    const render = (chart: Chart) => {
      pairs.clear();
      const made: Construct[] = [];
      nodes.forEach(({ parent, isObject }, i) => {
        const scope = i === 0 ? chart : [chart, ...made][parent % (i + 1)];
        made.push(isObject ? object(scope, `n${i}`) : new Construct(scope, `n${i}`));
      });
      const objects = (construct: Construct) => construct.node.findAll().filter(one => ApiObject.isApiObject(one)).map(one => one.node.id);
      nodes.forEach(({ waits }, i) => waits.forEach(wait => {
        const [source, target] = [made[i], made[wait % (i + 1)]];
        // Later objects may sit below earlier constructs, so each edge is kept only if it makes no cycle among the objects.
        const added = objects(source).flatMap(from => objects(target).map(to => [from, to] as const));
        const nested = source.node.scopes.includes(target) || target.node.scopes.includes(source);
        if (nested || added.some(([from, to]) => from === to || reaches(to, from))) {
          return;
        }
        if (added.some(([from], at) => added.slice(at).some(([, to]) => reaches(to, from)))) {
          return;
        }
        added.forEach(([from, to]) => pairs.set(from, (pairs.get(from) ?? new Set()).add(to)));
        source.node.addDependency(target);
      }));
    };
    const reaches = (from: string, to: string): boolean => from === to || [...pairs.get(from) ?? []].some(next => reaches(next, to));
    const depth = (name: string): number => Math.max(0, ...[...pairs.get(name) ?? []].map(next => depth(next) + 1));
    for (const [name, wave] of Object.entries(waves(render))) {
      expect(Number(wave ?? 0)).toBe(depth(name));
    }
  }), { numRuns: 150 });
});

test('a long chain of constructs takes no quadratic time', () => {
  const render = (chart: Chart) => {
    let before: Construct | undefined;
    for (let i = 0; i < 1000; i++) {
      const construct = new Construct(chart, `c${i}`);
      for (let j = 0; j < 3; j++) {
        object(construct, `o${i}-${j}`);
      }
      if (before) {
        construct.node.addDependency(before);
      }
      before = construct;
    }
  };
  const started = performance.now();
  expect(waves(render)['o999-2']).toBe('999');
  expect(performance.now() - started).toBeLessThan(10_000);
});
