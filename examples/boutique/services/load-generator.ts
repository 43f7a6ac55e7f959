import { Application } from 'cdk8s-flotilla';
import { LoadGenerator } from '../constructs/load-generator';
import { Boutique, NAMESPACE } from '../fleet';
import { addressOf } from '../ports';
import { Place, restrictedPods, serviceValues } from '../service';
import { imageOf, thirdParty } from '../versions';

/** Plays customers where there are no real ones. It takes no part in what environments do to services: one is enough. */
export function addLoadGenerator(fleet: Boutique, place: Place) {
  return new Application(fleet, 'loadgenerator', {
    ...place,
    namespace: NAMESPACE,
    values: {
      ...serviceValues('loadgenerator', {
        requests: { cpu: '300m', memory: '256Mi' },
        limits: { cpu: '500m', memory: '512Mi' },
      }),
      replicas: 1,
      users: 10,
    },
    overlays: [
      { where: { environment: 'staging' }, values: { users: 100 } },
      ...restrictedPods,
    ],
    render: (chart, values) => {
      new LoadGenerator(chart, 'load', {
        ...values,
        name: 'loadgenerator',
        image: imageOf('loadgenerator', values.version),
        waitImage: thirdParty.busybox,
        frontend: addressOf('frontend'),
        rate: 1,
        gracePeriodSeconds: 5,
      });
    },
  });
}
