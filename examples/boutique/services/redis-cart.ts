import { Application } from 'cdk8s-flotilla';
import { RedisCache } from '../constructs/redis-cache';
import { Boutique, NAMESPACE } from '../fleet';
import { ports } from '../ports';
import { Place, restrictedPods } from '../service';
import { thirdParty } from '../versions';

/** Holds the carts. One pod in every cluster: its replicas would not share what they hold. */
export function addRedisCart(fleet: Boutique, place: Place) {
  return new Application(fleet, 'redis-cart', {
    ...place,
    namespace: NAMESPACE,
    values: {
      image: thirdParty.redis,
      resources: { requests: { cpu: '70m', memory: '200Mi' }, limits: { cpu: '125m', memory: '256Mi' } },
    },
    overlays: [
      { where: { environment: 'prod' }, values: { resources: { requests: { memory: '512Mi' }, limits: { memory: '768Mi' } } } },
      ...restrictedPods,
    ],
    render: (chart, values) => {
      new RedisCache(chart, 'cache', { ...values, name: 'redis-cart', port: ports['redis-cart'] });
    },
  });
}
