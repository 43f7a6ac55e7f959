import { messageOf, tryFindCondition } from './conditions';
import { textAt } from './fields';
import { degraded, Health, healthy, KubeObject, progressing } from './health';

export function assessNamespace(object: KubeObject): Health {
  return textAt(object, 'status', 'phase') === 'Terminating' ? progressing('the namespace is being deleted') : healthy();
}

/** Its kind is served once it is established. A name that another definition holds does not come free by waiting. */
export function assessDefinition(object: KubeObject): Health {
  const names = tryFindCondition(object, 'NamesAccepted');
  if (names?.status === 'False') {
    return degraded(messageOf(names));
  }
  const structure = tryFindCondition(object, 'NonStructuralSchema');
  if (structure?.status === 'True') {
    return degraded(messageOf(structure));
  }
  const established = tryFindCondition(object, 'Established');
  return established?.status === 'True' && names?.status === 'True' ? healthy() : progressing('the definition is not established yet');
}

export function assessApiService(object: KubeObject): Health {
  const available = tryFindCondition(object, 'Available');
  return available?.status === 'True' ? healthy(messageOf(available)) : progressing(available ? messageOf(available) : 'waiting for the API to be available');
}
