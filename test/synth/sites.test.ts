import { ApiObject, Chart } from 'cdk8s';
import * as kplus from 'cdk8s-plus-28';
import { errorsOf, shop } from './one-cluster';
import { Application } from '../../lib';
import { recordSites } from '../../lib/synth/sites';

const FACTS = { cluster: 'a', environment: 'prod', kubernetesVersion: '1.36', labels: {} };

/** The line on which each construct was created. */
function linesOf(render: (chart: Chart) => void): Record<string, string | undefined> {
  const application = new Application(shop(), 'web', { placement: {}, render });
  return Object.fromEntries([...recordSites(application, FACTS)].map(([path, site]) => [path, site()?.replace(/:\d+$/, '').replace(/^.*:/, '')]));
}

test('each rendered construct knows the line of the program, those that libraries made the line that called them', () => {
  const platform = (chart: Chart) => {
    new kplus.ConfigMap(chart, 'from-a-function');
  };
  expect(linesOf(chart => {
    new kplus.Deployment(chart, 'server', { containers: [{ image: 'a' }] });
    platform(chart);
    const inner = new Chart(chart, 'inner');
    new ApiObject(inner, 'object', { apiVersion: 'v1', kind: 'ConfigMap' });
  })).toMatchObject({ 'web/server': '20', 'web/server/Resource': '20', 'web/from-a-function/Resource': '17', 'web/inner': '22', 'web/inner/object': '23' });
});

test('constructs work as ever while they are watched', () => {
  const seen: string[] = [];
  linesOf(chart => {
    const config = new kplus.ConfigMap(chart, 'config');
    seen.push(config.node.path, config.node.scope === chart ? 'in the chart' : 'elsewhere', String(Object.keys(config).includes('node')));
  });
  expect(seen).toEqual(['web/config', 'in the chart', 'true']);
});

test('lines are known up to where a render fails', () => {
  expect(linesOf(chart => {
    new kplus.ConfigMap(chart, 'first');
    throw new Error('no');
  })).toMatchObject({ 'web/first': '38' });
});

test('a target is rendered once more for all of its errors, and not at all when all is well', () => {
  const fleet = shop(['a', 'b']);
  let renderings = 0;
  const web = (broken: boolean) => (chart: Chart): void => {
    renderings++;
    ['x', 'y', 'z'].forEach(id => new ApiObject(chart, id, { apiVersion: 'v1', kind: broken ? 'Secret' : 'ConfigMap', data: { a: 'b' } }));
  };
  new Application(fleet, 'fine', { namespace: 'a', placement: {}, render: web(false) });
  fleet.synthesize();
  expect(renderings).toBe(2);
  new Application(fleet, 'broken', { namespace: 'a', placement: {}, render: web(true) });
  expect(errorsOf(fleet)).toHaveLength(3);
  expect(renderings).toBe(2 + 4 + 1);
});
