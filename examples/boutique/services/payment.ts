import { Application } from 'cdk8s-flotilla';
import { GrpcService } from '../constructs/grpc-service';
import { Boutique, NAMESPACE } from '../fleet';
import { ports } from '../ports';
import { Place, serviceOverlays, serviceValues } from '../service';
import { imageOf } from '../versions';

/** Charges credit cards. */
export function addPayment(fleet: Boutique, place: Place) {
  return new Application(fleet, 'paymentservice', {
    ...place,
    namespace: NAMESPACE,
    values: serviceValues('paymentservice'),
    overlays: serviceOverlays('paymentservice'),
    render: (chart, values) => {
      new GrpcService(chart, 'service', {
        ...values,
        name: 'paymentservice',
        image: imageOf('paymentservice', values.version),
        port: ports.paymentservice,
        env: { PORT: '50051', DISABLE_PROFILER: '1' },
        gracePeriodSeconds: 5,
      });
    },
  });
}
