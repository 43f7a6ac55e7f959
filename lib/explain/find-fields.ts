import { ExplainedField } from './explanation';
import { namedSegments, Segment } from './fields';
import { FieldStory } from './steps';
import { FlotillaError } from '../errors';
import { listNames, suggest } from '../model/suggest';

/**
 * The fields that a text names: one, or all below a part of the object.
 *
 * @throws FLT2405 when the object never had any.
 */
export function findFields(
  text: string, stories: readonly FieldStory[], object: string, where: { readonly cluster: string; readonly application: string },
): ExplainedField[] {
  const found = stories.filter(story => namedSegments(story, text) !== undefined).map(({ field }) => field);
  if (found.length === 0) {
    const prefixes = stories.flatMap(({ segments }) => segments.map((_, i) => nameOf(segments.slice(0, i + 1))));
    const parent = text.replace(/[.[][^.[]*$/, '');
    const beside = stories.flatMap(story => {
      const depth = parent === text ? 0 : namedSegments(story, parent);
      return depth === undefined ? [] : [nameOf(story.segments.slice(0, depth + 1))];
    });
    throw new FlotillaError('FLT2405', {
      what: `${object} has no field ${JSON.stringify(text)}${suggest(text, new Set(prefixes))}`,
      where: { ...where, object },
      fix: `${beside.length > 0 ? `name one of ${listNames([...new Set(beside)])}, or ` : ''}leave the field out to see all that overlays touched`,
    });
  }
  return found;
}

/** Without brackets and quotes, which may be left out in a question. */
function nameOf(segments: readonly Segment[]): string {
  return segments.map(([name]) => name).join('.');
}
