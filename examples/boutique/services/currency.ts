import { Application } from 'cdk8s-flotilla';
import { GrpcService } from '../constructs/grpc-service';
import { Boutique, NAMESPACE } from '../fleet';
import { ports } from '../ports';
import { Place, serviceOverlays, serviceValues } from '../service';
import { imageOf } from '../versions';

/** Converts prices. */
export function addCurrency(fleet: Boutique, place: Place) {
  return new Application(fleet, 'currencyservice', {
    ...place,
    namespace: NAMESPACE,
    values: serviceValues('currencyservice'),
    overlays: serviceOverlays('currencyservice'),
    render: (chart, values) => {
      new GrpcService(chart, 'service', {
        ...values,
        name: 'currencyservice',
        image: imageOf('currencyservice', values.version),
        port: ports.currencyservice,
        containerPortName: 'grpc',
        env: { PORT: '7000', DISABLE_PROFILER: '1' },
        gracePeriodSeconds: 5,
      });
    },
  });
}
