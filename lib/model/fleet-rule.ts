import { Target } from './target';
import { Manifest } from '../tree/manifest';

/** An object that a rule looks at, frozen. */
export interface RuleObject extends Manifest {
  // Kinds are many and rules are short; `unknown` would make each of them a cast.
  readonly [key: string]: any;
}

/**
 * A rule of a fleet: `true` and `undefined` say that an object is as it should be, `false` that it is not, a text says what is wrong with it.
 *
 * It is called for every object of every target, after overlays, and must not be asynchronous.
 */
export type FleetRule<F> = (object: RuleObject, target: Target<F>) => boolean | string | undefined | void;

/** Settings of a rule. */
export interface FleetRuleOptions {
  /**
   * What becomes of a violation.
   *
   * @default 'error'
   */
  readonly level?: 'error' | 'warning';
}

/** A rule as the fleet keeps it. */
export interface AddedRule<F> {
  readonly name: string;
  readonly rule: FleetRule<F>;
  readonly level: 'error' | 'warning';
  /** The line that required it. */
  readonly source?: string;
}
