import type { Chart } from 'cdk8s';
import * as plus28 from 'cdk8s-plus-28';
import * as plus34 from 'cdk8s-plus-34';
import { objectsIn, shop } from './one-cluster';
import { Application } from '../../lib';

const RENDER: Readonly<Record<string, (chart: Chart, image: string) => void>> = {
  'cdk8s-plus-28': (chart, image) => {
    const settings = new plus28.ConfigMap(chart, 'settings', { data: { LOG_LEVEL: 'info' } });
    const web = new plus28.Deployment(chart, 'web', { replicas: 2, containers: [{ image, portNumber: 8080, envFrom: [plus28.Env.fromConfigMap(settings)] }] });
    web.exposeViaIngress('/', { name: 'web' });
  },
  'cdk8s-plus-34': (chart, image) => {
    const settings = new plus34.ConfigMap(chart, 'settings', { data: { LOG_LEVEL: 'info' } });
    const web = new plus34.Deployment(chart, 'web', { replicas: 2, containers: [{ image, portNumber: 8080, envFrom: [plus34.Env.fromConfigMap(settings)] }] });
    web.exposeViaIngress('/', { name: 'web' });
  },
};

test.each(Object.keys(RENDER))('what is built with %s comes out with its references and the values of its target', plus => {
  const fleet = shop();
  new Application(fleet, 'web', { namespace: 'shop', placement: {}, values: { image: 'registry.example/web:1' }, render: (chart, { image }) => RENDER[plus](chart, image) });
  const objects = Object.values(objectsIn(fleet));
  const find = (kind: string): any => objects.find(each => each.kind === kind);
  expect(objects.map(each => each.kind).sort()).toEqual(['ConfigMap', 'Deployment', 'Ingress', 'Service']);
  const [container] = find('Deployment').spec.template.spec.containers;
  expect(container).toMatchObject({ image: 'registry.example/web:1', ports: [{ containerPort: 8080 }], envFrom: [{ configMapRef: { name: find('ConfigMap').metadata.name } }] });
  expect(find('Ingress').spec.rules[0].http.paths[0].backend.service.name).toBe(find('Service').metadata.name);
  expect(find('Service').spec.selector).toEqual(find('Deployment').spec.selector.matchLabels);
});
