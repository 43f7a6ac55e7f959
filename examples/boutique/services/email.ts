import { Application } from 'cdk8s-flotilla';
import { GrpcService } from '../constructs/grpc-service';
import { Boutique, NAMESPACE } from '../fleet';
import { ports } from '../ports';
import { Place, serviceOverlays, serviceValues } from '../service';
import { imageOf } from '../versions';

/** Confirms orders by mail. */
export function addEmail(fleet: Boutique, place: Place) {
  return new Application(fleet, 'emailservice', {
    ...place,
    namespace: NAMESPACE,
    values: serviceValues('emailservice'),
    overlays: serviceOverlays('emailservice'),
    render: (chart, values) => {
      new GrpcService(chart, 'service', {
        ...values,
        name: 'emailservice',
        image: imageOf('emailservice', values.version),
        port: ports.emailservice,
        containerPort: 8080,
        env: { PORT: '8080', DISABLE_PROFILER: '1' },
        gracePeriodSeconds: 5,
        readiness: { periodSeconds: 5 },
      });
    },
  });
}
