import { SourceError } from './request';
import { causeText, FlotillaError } from '../errors';

/** What was thrown, in a form that crosses between processes. */
export function sourceErrors(thrown: unknown, what: string): SourceError[] {
  if (!(thrown instanceof FlotillaError)) {
    // Of the file system, mostly: a file that may not be read.
    return [{ code: 'FLT2106', what: `${what} cannot be read`, fix: 'see why in the message of the system', cause: causeText(thrown) }];
  }
  return thrown.errors.map(error => ({ code: error.code, what: error.what, fix: error.fix, where: error.where, cause: causeText(error.cause) }));
}
