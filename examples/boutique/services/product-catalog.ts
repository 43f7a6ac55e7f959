import { Application } from 'cdk8s-flotilla';
import { GrpcService } from '../constructs/grpc-service';
import { Boutique, NAMESPACE } from '../fleet';
import { ports } from '../ports';
import { Place, serviceOverlays, serviceValues } from '../service';
import { imageOf } from '../versions';

/** Knows the products, and finds them. */
export function addProductCatalog(fleet: Boutique, place: Place) {
  return new Application(fleet, 'productcatalogservice', {
    ...place,
    namespace: NAMESPACE,
    values: serviceValues('productcatalogservice'),
    overlays: serviceOverlays('productcatalogservice'),
    render: (chart, values) => {
      new GrpcService(chart, 'service', {
        ...values,
        name: 'productcatalogservice',
        image: imageOf('productcatalogservice', values.version),
        port: ports.productcatalogservice,
        env: { PORT: '3550', DISABLE_PROFILER: '1' },
        gracePeriodSeconds: 5,
      });
    },
  });
}
