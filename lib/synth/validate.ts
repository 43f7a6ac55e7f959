import { IConstruct } from 'constructs';
import { Problem } from './problem';

/** What constructs say of themselves is wrong, as `Node.addValidation` lets them. Who they belong to is for the caller to add. */
export function validate(construct: IConstruct): Pick<Problem, 'code' | 'what' | 'fix' | 'cause'>[] {
  const failed = `validation of ${construct.node.path} failed`;
  const fix = 'mend what the construct complains about';
  try {
    return construct.node.validate().map(message => ({ code: 'FLT2012', what: `${failed}: ${message}`, fix }));
  } catch (cause) {
    return [{ code: 'FLT2012', what: failed, fix, cause }];
  }
}
