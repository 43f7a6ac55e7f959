import type { EnvironmentOf } from 'cdk8s-flotilla';
import type { Boutique } from './fleet';

/**
 * What the fleet runs: one line a service, and no other place that names a version.
 *
 * To release a service, edit its line, commit, and run `flotilla synth`.
 */
export const versions = {
  adservice: 'v0.10.6',
  cartservice: 'v0.10.6',
  checkoutservice: 'v0.10.6',
  currencyservice: 'v0.10.6',
  emailservice: 'v0.10.6',
  frontend: 'v0.10.6',
  loadgenerator: 'v0.10.6',
  paymentservice: 'v0.10.6',
  productcatalogservice: 'v0.10.6',
  recommendationservice: 'v0.10.6',
  shippingservice: 'v0.10.6',
  shoppingassistantservice: 'v0.10.6',
};

/** A service of ours. */
export type ServiceName = keyof typeof versions;

/** What an environment runs ahead of the others: the next candidates. */
export const candidates: Partial<Record<EnvironmentOf<Boutique>, Partial<Record<ServiceName, string>>>> = {
  dev: { adservice: 'v0.11.0-rc.2', recommendationservice: 'v0.11.0-rc.1' },
  staging: { adservice: 'v0.11.0-rc.1' },
};

/** What we run and do not build. */
export const thirdParty = {
  busybox: 'busybox:1.38.0@sha256:fd8d9aa63ba2f0982b5304e1ee8d3b90a210bc1ffb5314d980eb6962f1a9715d',
  redis: 'redis:alpine',
};

/** The image of a service of ours. */
export function imageOf(service: ServiceName, version: string): string {
  return `us-central1-docker.pkg.dev/online-boutique-ci/microservices-demo/${service}:${version}`;
}
