import { AnySelector, Selectable, selects } from '../../lib/model/selector';

const CLUSTERS: readonly Selectable[] = [
  { cluster: 'prod-eu', environment: 'prod', labels: { 'region': 'eu', 'cluster-type': 'pci' } },
  { cluster: 'prod-us', environment: 'prod', labels: { region: 'us' } },
  { cluster: 'dev', environment: 'dev', labels: {} },
];

test.each<[string, AnySelector, string[]]>([
  ['an empty selector selects all', {}, ['prod-eu', 'prod-us', 'dev']],
  ['a value', { environment: 'prod' }, ['prod-eu', 'prod-us']],
  ['one of several values suffices', { cluster: ['dev', 'prod-us'] }, ['prod-us', 'dev']],
  ['all keys must hold', { environment: 'prod', region: ['us', 'uk'] }, ['prod-us']],
  ['a cluster without the label is not selected', { 'cluster-type': 'pci' }, ['prod-eu']],
  ['a list without values selects none', { environment: [] }, []],
  ['an undefined value says nothing', { environment: undefined, not: undefined }, ['prod-eu', 'prod-us', 'dev']],
  ['not takes away', { not: { region: 'eu' } }, ['prod-us', 'dev']],
  ['not takes away only where all of it holds', { not: { environment: 'prod', region: 'eu' } }, ['prod-us', 'dev']],
  ['not of everything selects none', { not: {} }, []],
  ['not of not', { environment: 'prod', not: { not: { region: 'us' } } }, ['prod-us']],
  ['what every map inherits is no label', { constructor: 'x' }, []],
])('%s', (_title, selector, names) => {
  expect(CLUSTERS.filter(cluster => selects(selector, cluster)).map(({ cluster }) => cluster)).toEqual(names);
});
