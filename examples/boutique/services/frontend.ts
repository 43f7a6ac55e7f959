import { Application, Selector } from 'cdk8s-flotilla';
import { WebFrontend } from '../constructs/web-frontend';
import { Boutique, NAMESPACE } from '../fleet';
import { addressOf, ports } from '../ports';
import { Place, serviceOverlays, ServiceValues, serviceValues } from '../service';
import { imageOf } from '../versions';

interface FrontendValues extends ServiceValues {
  /** The shop is found at REGION.DOMAIN. */
  readonly domain: string | undefined;
  /** What its pages look like. */
  readonly settings: Readonly<Record<string, string>>;
}

interface FrontendPlace extends Place {
  /** The clusters where it offers the shopping assistant. */
  readonly assistant: Selector<Boutique>;
}

/** The web site of the shop. */
export function addFrontend(fleet: Boutique, { assistant, ...place }: FrontendPlace) {
  const values: FrontendValues = { ...serviceValues('frontend'), domain: undefined, settings: {} };
  return new Application(fleet, 'frontend', {
    ...place,
    namespace: NAMESPACE,
    values,
    overlays: [
      ...serviceOverlays('frontend'),
      { where: { environment: 'dev' }, values: { domain: 'dev.boutique.example', settings: { FRONTEND_MESSAGE: 'Not the real shop' } } },
      { where: { environment: 'staging' }, values: { domain: 'staging.boutique.example' } },
      { where: { environment: 'prod' }, values: { domain: 'boutique.example', resources: { limits: { cpu: '500m', memory: '256Mi' } } } },
      // Most of the customers live here.
      { where: { environment: 'prod', region: 'us-east-1' }, values: { replicas: 6 } },
      { where: { environment: 'prod', region: 'eu-west-1' }, values: { settings: { FRONTEND_MESSAGE: 'Free delivery in Europe' } } },
      { where: assistant, values: { settings: { ENABLE_ASSISTANT: 'true' } } },
    ],
    render: (chart, { domain, ...service }, target) => {
      new WebFrontend(chart, 'web', {
        ...service,
        name: 'frontend',
        image: imageOf('frontend', service.version),
        host: domain && `${target.labels.region ?? 'www'}.${domain}`,
        port: ports.frontend,
        containerPort: 8080,
        env: {
          PORT: '8080',
          PRODUCT_CATALOG_SERVICE_ADDR: addressOf('productcatalogservice'),
          CURRENCY_SERVICE_ADDR: addressOf('currencyservice'),
          CART_SERVICE_ADDR: addressOf('cartservice'),
          RECOMMENDATION_SERVICE_ADDR: addressOf('recommendationservice'),
          SHIPPING_SERVICE_ADDR: addressOf('shippingservice'),
          CHECKOUT_SERVICE_ADDR: addressOf('checkoutservice'),
          AD_SERVICE_ADDR: addressOf('adservice'),
          SHOPPING_ASSISTANT_SERVICE_ADDR: addressOf('shoppingassistantservice'),
          ENABLE_PROFILER: '0',
        },
        readiness: { path: '/_healthz', cookie: 'shop_session-id=x-readiness-probe', initialDelaySeconds: 10 },
        liveness: { path: '/_healthz', cookie: 'shop_session-id=x-liveness-probe', initialDelaySeconds: 10 },
      });
    },
  });
}
