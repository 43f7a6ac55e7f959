/** The port at which each service is called. */
export const ports = {
  'adservice': 9555,
  'cartservice': 7070,
  'checkoutservice': 5050,
  'currencyservice': 7000,
  'emailservice': 5000,
  'frontend': 80,
  'paymentservice': 50051,
  'productcatalogservice': 3550,
  'recommendationservice': 8080,
  'redis-cart': 6379,
  'shippingservice': 50051,
  'shoppingassistantservice': 80,
} as const;

/** Where a service is called, as `cartservice:7070`. */
export function addressOf(service: keyof typeof ports): string {
  return `${service}:${ports[service]}`;
}
