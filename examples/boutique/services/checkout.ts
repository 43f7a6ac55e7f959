import { Application } from 'cdk8s-flotilla';
import { GrpcService } from '../constructs/grpc-service';
import { Boutique, NAMESPACE } from '../fleet';
import { addressOf, ports } from '../ports';
import { Place, serviceOverlays, serviceValues } from '../service';
import { imageOf } from '../versions';

/** Turns a cart into an order: takes the money, sends the parcel and the mail. */
export function addCheckout(fleet: Boutique, place: Place) {
  return new Application(fleet, 'checkoutservice', {
    ...place,
    namespace: NAMESPACE,
    values: serviceValues('checkoutservice'),
    overlays: serviceOverlays('checkoutservice'),
    render: (chart, values) => {
      new GrpcService(chart, 'service', {
        ...values,
        name: 'checkoutservice',
        image: imageOf('checkoutservice', values.version),
        port: ports.checkoutservice,
        env: {
          PORT: '5050',
          PRODUCT_CATALOG_SERVICE_ADDR: addressOf('productcatalogservice'),
          SHIPPING_SERVICE_ADDR: addressOf('shippingservice'),
          PAYMENT_SERVICE_ADDR: addressOf('paymentservice'),
          EMAIL_SERVICE_ADDR: addressOf('emailservice'),
          CURRENCY_SERVICE_ADDR: addressOf('currencyservice'),
          CART_SERVICE_ADDR: addressOf('cartservice'),
        },
      });
    },
  });
}
