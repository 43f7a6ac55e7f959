import * as fc from 'fast-check';
import { fieldChanges } from '../../lib/tree/field-diff';
import { lineDiff } from '../../lib/tree/line-diff';

type Case = [title: string, before: unknown, after: unknown, changes: unknown];

test.each<Case>([
  ['nothing', { a: [1, { b: null }] }, { a: [1, { b: null }] }, []],
  ['a field', { spec: { replicas: 1 } }, { spec: { replicas: 2 } }, [{ path: 'spec.replicas', before: 1, after: 2 }]],
  ['a new field', {}, { spec: { a: 1 } }, [{ path: 'spec', after: { a: 1 } }]],
  ['a field that is gone', { a: 0 }, {}, [{ path: 'a', before: 0 }]],
  ['null is a value', { a: null }, {}, [{ path: 'a', before: null }]],
  ['a key with dots', { labels: { 'a.b/c': '1' } }, { labels: { 'a.b/c': '2' } }, [{ path: 'labels["a.b/c"]', before: '1', after: '2' }]],
  ['another type', { a: 1 }, { a: '1' }, [{ path: 'a', before: 1, after: '1' }]],
  ['a map for a list', { a: [] }, { a: {} }, [{ path: 'a', before: [], after: {} }]],
  ['an item with a name', { containers: [{ name: 'a', image: '1' }, { name: 'b', image: '1' }] }, { containers: [{ name: 'a', image: '1' }, { name: 'b', image: '2' }] },
    [{ path: 'containers[b].image', before: '1', after: '2' }]],
  ['an item more, in front', { env: [{ name: 'B', value: '1' }] }, { env: [{ name: 'A', value: '0' }, { name: 'B', value: '1' }] }, [{ path: 'env[A]', after: { name: 'A', value: '0' } }]],
  ['another order of named items', { env: [{ name: 'A' }, { name: 'B' }] }, { env: [{ name: 'B' }, { name: 'A' }] }, [{ path: 'env', before: ['A', 'B'], after: ['B', 'A'], order: true }]],
  ['ports without names', { ports: [{ containerPort: 80 }] }, { ports: [{ containerPort: 80, hostPort: 1 }] }, [{ path: 'ports[80].hostPort', after: 1 }]],
  ['ports of two protocols', { ports: [{ port: 53, protocol: 'TCP' }, { port: 53, protocol: 'UDP' }] }, { ports: [{ port: 53, protocol: 'TCP' }] },
    [{ path: 'ports[53/UDP]', before: { port: 53, protocol: 'UDP' } }]],
  ['mounts', { volumeMounts: [{ mountPath: '/a' }] }, { volumeMounts: [{ mountPath: '/a', readOnly: true }] }, [{ path: 'volumeMounts[/a].readOnly', after: true }]],
  ['keys', { tolerations: [{ key: 'a' }] }, { tolerations: [{ key: 'a', effect: 'x' }] }, [{ path: 'tolerations[a].effect', after: 'x' }]],
  ['subjects of the same name', { subjects: [{ kind: 'User', name: 'a' }, { kind: 'Group', name: 'a' }] }, { subjects: [{ kind: 'User', name: 'a' }, { kind: 'Group', name: 'a', x: 1 }] },
    [{ path: 'subjects[Group/a].x', after: 1 }]],
  ['items without names', { rules: [{ verbs: ['get'] }] }, { rules: [{ verbs: ['get', 'list'] }] }, [{ path: 'rules[0].verbs', before: ['get'], after: ['get', 'list'] }]],
  ['items of which one has no name', { a: [{ name: 'x' }, {}] }, { a: [{ name: 'x' }, { b: 1 }] }, [{ path: 'a[1].b', after: 1 }]],
  ['items of the same name', { a: [{ name: 'x' }, { name: 'x' }] }, { a: [{ name: 'x' }, { name: 'x', b: 1 }] }, [{ path: 'a[1].b', after: 1 }]],
  ['a short list of values', { args: ['--a', '--b'] }, { args: ['--a', '--c'] }, [{ path: 'args', before: ['--a', '--b'], after: ['--a', '--c'] }]],
  ['a long list of values', { a: [...'abcdefghijkl'] }, { a: [...'abcdefghijklm'] }, [{ path: 'a[m]', after: 'm' }]],
  ['a text of several lines', { data: { f: 'a\nb\nc\n' } }, { data: { f: 'a\nB\nc\n' } }, [{ path: 'data.f', before: 'a\nb\nc\n', after: 'a\nB\nc\n', lines: { added: 1, removed: 1, lines: ['-b', '+B'] } }]],
  ['whole documents', 1, 2, [{ path: '', before: 1, after: 2 }]],
])('%s', (_, before, after, changes) => {
  expect(fieldChanges(before, after)).toEqual(changes);
});

test('there is a change exactly when two documents differ', () => {
  const value = fc.letrec(tie => ({
    value: fc.oneof({ maxDepth: 3 }, fc.constantFrom<unknown>('a', 'b', 1, null, true), fc.array(tie('value'), { maxLength: 3 }), fc.dictionary(fc.constantFrom('name', 'a', 'b'), tie('value'))),
  })).value;
  fc.assert(fc.property(value, value, (before, after) => {
    expect(fieldChanges(before, after).length === 0).toBe(JSON.stringify(sorted(before)) === JSON.stringify(sorted(after)));
    expect(fieldChanges(before, structuredClone(before))).toEqual([]);
  }), { numRuns: 500 });
});

function sorted(value: unknown): unknown {
  if (Array.isArray(value)) {
    return value.map(sorted);
  }
  return typeof value === 'object' && value !== null ? Object.fromEntries(Object.entries(value).sort(([a], [b]) => a < b ? -1 : 1).map(([key, item]) => [key, sorted(item)])) : value;
}

describe('lineDiff', () => {
  test('says as few lines as there must be', () => {
    const text = fc.array(fc.constantFrom('a', 'b', 'c'), { minLength: 1, maxLength: 9 });
    fc.assert(fc.property(text, text, (a, b) => {
      const { added, removed } = lineDiff(a.join('\n'), b.join('\n'));
      const common = longestCommon(a, b);
      expect([added, removed]).toEqual([b.length - common, a.length - common]);
    }), { numRuns: 500 });
  });

  test('takes away and adds what the texts have more or less', () => {
    const text = fc.array(fc.constantFrom('a', 'b', 'c', ''), { minLength: 1, maxLength: 9 });
    fc.assert(fc.property(text, text, (a, b) => {
      const { lines } = lineDiff(a.join('\n'), b.join('\n'));
      const count = (list: readonly string[], item: string): number => list.filter(other => other === item).length;
      for (const item of ['a', 'b', 'c', '']) {
        expect(count(a, item) - count(lines, `-${item}`) + count(lines, `+${item}`)).toBe(count(b, item));
      }
    }), { numRuns: 300 });
  });

  test('is fast for long texts that have little in common', () => {
    const before = Array.from({ length: 20_000 }, (_, i) => `old ${i}`).join('\n');
    const started = performance.now();
    expect(lineDiff(before, before.replaceAll('old', 'new'))).toMatchObject({ added: 20_000, removed: 20_000 });
    expect(performance.now() - started).toBeLessThan(3000);
  });
});

function longestCommon(a: readonly string[], b: readonly string[]): number {
  const rows = Array.from({ length: a.length + 1 }, () => new Array<number>(b.length + 1).fill(0));
  for (let i = 1; i <= a.length; i++) {
    for (let j = 1; j <= b.length; j++) {
      rows[i][j] = a[i - 1] === b[j - 1] ? rows[i - 1][j - 1] + 1 : Math.max(rows[i - 1][j], rows[i][j - 1]);
    }
  }
  return rows[a.length][b.length];
}
