import { FlotillaError } from '../errors';
import type { ModelConstruct } from './model-construct';
import type { AddedOverlay } from './overlay-props';

/** The overlays that were given to a construct, each with a name for messages. @throws FLT2201 for what is no list */
export function overlaysOf(construct: ModelConstruct, overlays: readonly object[] | undefined): AddedOverlay[] {
  if (overlays !== undefined && !Array.isArray(overlays)) {
    throw new FlotillaError('FLT2201', {
      what: `\`overlays\` of ${construct.node.path} is no list`, where: { construct: construct.node.path, source: construct.source }, fix: 'put the overlay into a list',
    });
  }
  return (overlays ?? []).map((props: object, index) => ({
    name: `overlays[${index}] of ${construct.node.path}`, props: props as AddedOverlay['props'], get source() { return construct.source; },
  }));
}
