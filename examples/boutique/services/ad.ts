import { Application } from 'cdk8s-flotilla';
import { GrpcService } from '../constructs/grpc-service';
import { Boutique, NAMESPACE } from '../fleet';
import { ports } from '../ports';
import { Place, serviceOverlays, serviceValues } from '../service';
import { imageOf } from '../versions';

/** Shows advertisements that suit a page. */
export function addAd(fleet: Boutique, place: Place) {
  return new Application(fleet, 'adservice', {
    ...place,
    namespace: NAMESPACE,
    values: serviceValues('adservice', {
      requests: { cpu: '200m', memory: '180Mi' },
      limits: { cpu: '300m', memory: '300Mi' },
    }),
    overlays: serviceOverlays('adservice'),
    render: (chart, values) => {
      new GrpcService(chart, 'service', {
        ...values,
        name: 'adservice',
        image: imageOf('adservice', values.version),
        port: ports.adservice,
        env: { PORT: '9555' },
        gracePeriodSeconds: 5,
        readiness: { initialDelaySeconds: 20, periodSeconds: 15 },
      });
    },
  });
}
