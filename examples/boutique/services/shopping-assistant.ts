import { Application } from 'cdk8s-flotilla';
import { HttpService } from '../constructs/http-service';
import { Boutique, NAMESPACE } from '../fleet';
import { ports } from '../ports';
import { Place, serviceOverlays, serviceValues } from '../service';
import { imageOf } from '../versions';

/** Furnishes a customer's room by a language model. The public shop offers it as an option. */
export function addShoppingAssistant(fleet: Boutique, place: Place) {
  return new Application(fleet, 'shoppingassistantservice', {
    ...place,
    namespace: NAMESPACE,
    values: serviceValues('shoppingassistantservice'),
    overlays: serviceOverlays('shoppingassistantservice'),
    render: (chart, values, target) => {
      new HttpService(chart, 'service', {
        ...values,
        name: 'shoppingassistantservice',
        image: imageOf('shoppingassistantservice', values.version),
        port: ports.shoppingassistantservice,
        containerPort: 8080,
        // The language model is asked where the customer is.
        env: { PORT: '8080', MODEL_REGION: target.labels.region ?? 'us-east-1' },
        gracePeriodSeconds: 5,
        readiness: { path: '/healthz' },
        liveness: { path: '/healthz' },
      });
    },
  });
}
