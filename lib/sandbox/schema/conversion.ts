import type { Json, JsonMap } from '../json';
import { autoscalerToV1, autoscalerToV2 } from './convert-autoscaler';

/** What `events.k8s.io` calls otherwise than the core group. */
const EVENT_FIELDS: readonly (readonly [core: string, events: string])[] = [
  ['involvedObject', 'regarding'], ['message', 'note'], ['source', 'deprecatedSource'], ['firstTimestamp', 'deprecatedFirstTimestamp'],
  ['lastTimestamp', 'deprecatedLastTimestamp'], ['count', 'deprecatedCount'], ['reportingComponent', 'reportingController'],
];
const TO_EVENTS = new Map(EVENT_FIELDS);
const TO_CORE = new Map(EVENT_FIELDS.map(([core, events]) => [events, core]));

/**
 * An object in another version of its kind; the same object when it is in that version. HorizontalPodAutoscalers and Events have their fields elsewhere in
 * another version; all other kinds that are served in several versions have the same fields in each.
 *
 * @param apiVersion `autoscaling/v2`
 */
export function convertObject<T extends JsonMap>(object: T, apiVersion: string): T {
  if (object.apiVersion === apiVersion) return object;
  return { ...converted(object, apiVersion), apiVersion } as JsonMap as T;
}

function converted(object: JsonMap, apiVersion: string): JsonMap {
  switch (`${String(object.kind)} in ${apiVersion}`) {
    case 'HorizontalPodAutoscaler in autoscaling/v1': return autoscalerToV1(object);
    case 'HorizontalPodAutoscaler in autoscaling/v2': return autoscalerToV2(object);
    case 'Event in events.k8s.io/v1': return renamed(object, TO_EVENTS);
    case 'Event in v1': return renamed(object, TO_CORE);
    default: return object;
  }
}

function renamed(event: JsonMap, names: ReadonlyMap<string, string>): JsonMap {
  return Object.fromEntries(Object.entries(event).map(([key, value]): [string, Json] => [names.get(key) ?? key, value]));
}
