import { OverlayMatch, OverlayStep, placeOf } from './step';
import { listNames, suggest } from '../../model/suggest';

/** Whether a key of `images` or `replicas` matched, and what to say if it did not. @param names of what there is */
export function missing(
  step: OverlayStep, field: 'images' | 'replicas', key: string, matched: boolean, candidates: readonly string[], what: string, names: readonly string[],
): OverlayMatch {
  const { overlay, application } = step;
  return {
    overlay,
    key: `${field}.${key}`,
    ...matched ? {} : {
      problem: {
        code: 'FLT2204',
        application,
        where: placeOf(step),
        what: `\`${field}\` of the overlay ${overlay.name} matches nothing: there is no ${what} '${key}'${suggest(key, candidates)}`,
        fix: `use one of ${listNames([...names].sort())}, narrow its \`where\`, or say that it is \`optional\``,
      },
    },
  };
}
