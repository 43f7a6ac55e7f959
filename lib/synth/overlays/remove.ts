import { select } from './select';
import { OverlayStep, remove } from './step';
import { ObjectSelector } from '../../model/overlay-props';

/** Leaves out what `remove` selects. */
export function removeObjects(step: OverlayStep): void {
  const given = step.props.remove as ObjectSelector | readonly ObjectSelector[];
  const selectors: readonly ObjectSelector[] = Array.isArray(given) ? given : [given];
  remove(step, 'remove', new Set(selectors.flatMap((selector, i) => select(step, 'removal', selector, `remove[${i}]`))));
}
