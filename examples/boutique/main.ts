import { Selector } from 'cdk8s-flotilla';
import { addClusters } from './clusters';
import { Boutique, newFleet } from './fleet';
import { addPlatform } from './platform';
import { addAd } from './services/ad';
import { addCart } from './services/cart';
import { addCheckout } from './services/checkout';
import { addCurrency } from './services/currency';
import { addEmail } from './services/email';
import { addFrontend } from './services/frontend';
import { addLoadGenerator } from './services/load-generator';
import { addPayment } from './services/payment';
import { addProductCatalog } from './services/product-catalog';
import { addRecommendation } from './services/recommendation';
import { addRedisCart } from './services/redis-cart';
import { addShipping } from './services/shipping';
import { addShoppingAssistant } from './services/shopping-assistant';

const everywhere: Selector<Boutique> = {};
const withoutCustomers: Selector<Boutique> = { environment: ['dev', 'staging'] };
const inAmerica: Selector<Boutique> = { region: ['us-west-2', 'us-east-1'] };

/** The shop on one page: what runs where, and what waits for what. */
export function boutique(): Boutique {
  const fleet = newFleet();
  addClusters(fleet);

  const platform = addPlatform(fleet, { placement: everywhere });
  const onPlatform = { placement: everywhere, dependsOn: [platform] };

  const redis = addRedisCart(fleet, onPlatform);
  const cart = addCart(fleet, { placement: everywhere, dependsOn: [platform, redis] });
  const catalog = addProductCatalog(fleet, onPlatform);
  const currency = addCurrency(fleet, onPlatform);
  const payment = addPayment(fleet, onPlatform);
  const shipping = addShipping(fleet, onPlatform);
  const email = addEmail(fleet, onPlatform);
  addAd(fleet, onPlatform);
  addRecommendation(fleet, { placement: everywhere, dependsOn: [platform, catalog] });
  addShoppingAssistant(fleet, { placement: inAmerica, dependsOn: [platform] });

  const checkout = addCheckout(fleet, { placement: everywhere, dependsOn: [platform, cart, catalog, currency, email, payment, shipping] });
  const frontend = addFrontend(fleet, { placement: everywhere, dependsOn: [platform, checkout], assistant: inAmerica });
  addLoadGenerator(fleet, { placement: withoutCustomers, dependsOn: [platform, frontend] });
  return fleet;
}

// `npx tsx main.ts`, `flotilla synth` and `cdk8s synth` come by here; a test that imports the shop does not.
if (require.main === module) {
  boutique().synth();
}
