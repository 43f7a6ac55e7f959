import { textAt } from './fields';
import { degraded, Health, healthy, KubeObject, of, progressing } from './health';

export function assessVolumeClaim(object: KubeObject): Health {
  switch (textAt(object, 'status', 'phase')) {
    case 'Bound':
      return healthy();
    case 'Lost':
      return degraded('the volume of the claim is lost');
    case 'Pending':
    case undefined:
      return progressing('the claim is not bound yet');
    default:
      return of('Unknown', `the phase is ${textAt(object, 'status', 'phase')}`);
  }
}
