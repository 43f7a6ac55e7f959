import { sampleFiles, twoClusters } from './sample-fleet';
import { publishMessage } from '../../lib/tree/publish-message';

const FLEET = sampleFiles(twoClusters()).get('fleet.yaml');
const changed = (...paths: string[]): { path: string; isNew: boolean }[] => paths.map(path => ({ path, isNew: false }));
const added = (...paths: string[]): { path: string; isNew: boolean }[] => paths.map(path => ({ path, isNew: true }));

test('clusters that changed alike share a line', () => {
  const written = ['eu', 'us', 'ap'].flatMap(cluster => [
    ...changed(`clusters/${cluster}/web/shop/deployment.apps.web.yaml`, `clusters/${cluster}/web/shop/configmap.web.yaml`), ...added(`clusters/${cluster}/web/shop/secret.web.yaml`),
  ]);
  expect(publishMessage(FLEET, [...written, ...changed('clusters/eu/api.yaml')], ['clusters/eu/api/shop/configmap.api.yaml'])).toBe([
    'flotilla: shop, 3 clusters: api, web changed',
    '',
    'ap, us: web (1 added, 2 changed)',
    'eu: api (1 removed, settings changed), web (1 added, 2 changed)',
    '',
  ].join('\n'));
});

test('an application that comes or goes is called so', () => {
  expect(publishMessage(FLEET, added('clusters/eu/new.yaml', 'clusters/eu/new/shop/configmap.a.yaml'), ['clusters/eu/old.yaml', 'clusters/eu/old/shop/configmap.a.yaml'])).toBe([
    'flotilla: shop, eu: new added; old removed', '', 'eu: new (1 added), old (1 removed)', '',
  ].join('\n'));
});

test.each<[string, string, { path: string; isNew: boolean }[], string[]]>([
  ['the settings of the fleet', 'flotilla: shop, settings changed\n', changed('fleet.yaml'), []],
  ['a cluster', 'flotilla: shop, eu changed\n\neu: cluster changed\n', changed('clusters/eu.yaml'), []],
  ['clusters that came', 'flotilla: shop, 2 clusters added\n\neu, us: cluster added\n', added('clusters/eu.yaml', 'clusters/us.yaml'), []],
  ['a cluster that went', 'flotilla: shop, eu removed\n\neu: cluster removed\n', changed('fleet.yaml'), ['clusters/eu.yaml']],
  ['an application without objects', 'flotilla: shop, eu: web added\n\neu: web (added)\n', added('clusters/eu/web.yaml'), []],
])('%s', (_, message, written, deleted) => {
  expect(publishMessage(FLEET, written, deleted)).toBe(message);
});

test('many applications and many clusters are counted', () => {
  const many = Array.from({ length: 30 }, (_, i) => `${i}`.padStart(2, '0'));
  const message = publishMessage(FLEET, many.flatMap(cluster => many.map(application => ({ path: `clusters/c${cluster}/app${application}/x/a.b.yaml`, isNew: false }))), []);
  expect(message.split('\n')[0]).toBe('flotilla: shop, 30 clusters: 30 applications changed');
  expect(message).toContain('c18, c19 and 10 more: app00 (1 changed), app01');
  expect(message.split('\n')).toHaveLength(4);
});
