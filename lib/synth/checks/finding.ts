import { CheckName } from '../../model/checks';

/** What a check found in one object. */
export interface Finding {
  readonly check: CheckName;
  /** The end of a sentence that begins with the object: `has the unknown field spec.foo`. */
  readonly what: string;
  readonly fix: string;
}
