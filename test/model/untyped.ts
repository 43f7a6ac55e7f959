import { Application, Cluster, Environment, Fleet, FlotillaError, Overlay } from '../../lib';
import { checkModel } from '../../lib/model/check';

/**
 * The constructs as JavaScript sees them, without types: what a program of that language, or one that reads its model from JSON, can pass.
 */
export const untyped: Untyped = { Application, Cluster, Environment, Fleet, Overlay } as never;

type Untyped = Record<'Application' | 'Cluster' | 'Environment' | 'Fleet' | 'Overlay', new (...args: unknown[]) => never>;

/** The errors of a model, as `code what`. */
export function errorsOf(fleet: Fleet<never, never>): string[] {
  return checkModel(fleet).map(error => `${error.code} ${error.what}`);
}

/** The error that is thrown. */
export function thrownBy(run: () => unknown): FlotillaError {
  try {
    run();
  } catch (error) {
    if (error instanceof FlotillaError) {
      return error;
    }
    throw error;
  }
  throw new Error('nothing was thrown');
}
