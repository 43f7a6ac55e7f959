import { Application } from 'cdk8s-flotilla';
import { GrpcService } from '../constructs/grpc-service';
import { Boutique, NAMESPACE } from '../fleet';
import { ports } from '../ports';
import { Place, serviceOverlays, serviceValues } from '../service';
import { imageOf } from '../versions';

/** Says what a parcel costs, and sends it. */
export function addShipping(fleet: Boutique, place: Place) {
  return new Application(fleet, 'shippingservice', {
    ...place,
    namespace: NAMESPACE,
    values: serviceValues('shippingservice'),
    overlays: serviceOverlays('shippingservice'),
    render: (chart, values) => {
      new GrpcService(chart, 'service', {
        ...values,
        name: 'shippingservice',
        image: imageOf('shippingservice', values.version),
        port: ports.shippingservice,
        env: { PORT: '50051', DISABLE_PROFILER: '1' },
        readiness: { periodSeconds: 5 },
        liveness: {},
      });
    },
  });
}
