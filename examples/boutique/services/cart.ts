import { Application } from 'cdk8s-flotilla';
import { GrpcService } from '../constructs/grpc-service';
import { Boutique, NAMESPACE } from '../fleet';
import { addressOf, ports } from '../ports';
import { Place, serviceOverlays, serviceValues } from '../service';
import { imageOf } from '../versions';

/** Keeps what a customer is about to buy, in Redis. */
export function addCart(fleet: Boutique, place: Place) {
  return new Application(fleet, 'cartservice', {
    ...place,
    namespace: NAMESPACE,
    values: serviceValues('cartservice', {
      requests: { cpu: '200m', memory: '64Mi' },
      limits: { cpu: '300m', memory: '128Mi' },
    }),
    overlays: serviceOverlays('cartservice'),
    render: (chart, values) => {
      new GrpcService(chart, 'service', {
        ...values,
        name: 'cartservice',
        image: imageOf('cartservice', values.version),
        port: ports.cartservice,
        env: { REDIS_ADDR: addressOf('redis-cart') },
        gracePeriodSeconds: 5,
        readiness: { initialDelaySeconds: 15 },
        liveness: { initialDelaySeconds: 15, periodSeconds: 10 },
      });
    },
  });
}
