import { Application } from 'cdk8s-flotilla';
import { GrpcService } from '../constructs/grpc-service';
import { Boutique, NAMESPACE } from '../fleet';
import { addressOf, ports } from '../ports';
import { Place, serviceOverlays, serviceValues } from '../service';
import { imageOf } from '../versions';

/** Suggests products to those who look at others. */
export function addRecommendation(fleet: Boutique, place: Place) {
  return new Application(fleet, 'recommendationservice', {
    ...place,
    namespace: NAMESPACE,
    values: serviceValues('recommendationservice', {
      requests: { cpu: '100m', memory: '220Mi' },
      limits: { cpu: '200m', memory: '450Mi' },
    }),
    overlays: serviceOverlays('recommendationservice'),
    render: (chart, values) => {
      new GrpcService(chart, 'service', {
        ...values,
        name: 'recommendationservice',
        image: imageOf('recommendationservice', values.version),
        port: ports.recommendationservice,
        env: { PORT: '8080', PRODUCT_CATALOG_SERVICE_ADDR: addressOf('productcatalogservice'), DISABLE_PROFILER: '1' },
        gracePeriodSeconds: 5,
        readiness: { periodSeconds: 5 },
      });
    },
  });
}
