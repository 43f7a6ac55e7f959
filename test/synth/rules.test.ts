import { ApiObject } from 'cdk8s';
import { load } from 'js-yaml';
import { Application, Cluster, Environment, Fleet, type FleetProps, type HealthRule, type IgnoreRule } from '../../lib';

type Rules = { readonly health?: readonly HealthRule[]; readonly ignore?: readonly IgnoreRule[] };

/** `spec` of the Delivery of an application with a Gear and a Deployment. */
function delivery(ofFleet: Rules, ofApplication: Rules): Record<string, unknown> {
  const props: FleetProps<'prod', {}> = { environments: ['prod'], ...ofFleet };
  const fleet = new Fleet('shop', props);
  new Cluster(new Environment(fleet, 'prod'), 'a');
  new Application(fleet, 'web', {
    namespace: 'shop', placement: {}, ...ofApplication, render: chart => {
      new ApiObject(chart, 'gear', { apiVersion: 'example.com/v1', kind: 'Gear', metadata: { name: 'big' } });
      new ApiObject(chart, 'web', { apiVersion: 'apps/v1', kind: 'Deployment', metadata: { name: 'web' } });
    },
  });
  return (load(fleet.synthesize().files.get('clusters/a/web.yaml') as string) as { spec: Record<string, unknown> }).spec;
}

const rule = (kind: string, healthy: string, group?: string): HealthRule => ({ kind, healthy, group });

test('a Delivery without rules says nothing of them', () => {
  expect(Object.keys(delivery({}, {}))).toEqual(['application', 'cluster', 'fleet', 'namespace']);
});

test('the health rules of the application count before those of the fleet, one a kind, sorted', () => {
  const { health } = delivery({ health: [rule('Gear', 'false', 'example.com'), rule('Gear', 'true')] }, { health: [rule('Wheel', 'true'), rule('Gear', 'true', 'example.com')] });
  expect(health).toEqual([{ kind: 'Gear', healthy: 'true', group: 'example.com' }, { kind: 'Gear', healthy: 'true' }, { kind: 'Wheel', healthy: 'true' }]);
});

test('fields to ignore are those of the fleet and of the application, sorted, each once', () => {
  const { ignore } = delivery(
    { ignore: [{ kind: 'Deployment', fields: ['spec.replicas', 'spec.a'] }] },
    { ignore: [{ kind: 'Deployment', name: 'web', fields: ['spec.b'] }, { kind: 'Deployment', fields: ['spec.replicas', 'spec.0'] }] },
  );
  expect(ignore).toEqual([{ kind: 'Deployment', name: 'web', fields: ['spec.b'] }, { kind: 'Deployment', fields: ['spec.0', 'spec.a', 'spec.replicas'] }]);
});

test('a rule of the fleet is only in the Deliveries of applications that have such objects', () => {
  expect(delivery({ health: [rule('Wheel', 'true'), rule('Gear', 'true', 'other.com')], ignore: [{ kind: 'Deployment', name: 'api', fields: ['spec.replicas'] }] }, {}))
    .toEqual(delivery({}, {}));
});

test('the order in which rules are written changes nothing', () => {
  const [a, b] = [rule('Gear', 'true', 'example.com'), rule('Wheel', 'true')];
  expect(delivery({}, { health: [b, a] })).toEqual(delivery({}, { health: [a, b] }));
});
