import { FlotillaError } from '../errors';
import { ExtensibleExpect, extendExpect } from './extend-expect';
import type { FleetMatchers } from './matchers';

declare global {
  // How @types/jest is extended: nothing is declared where nobody imports this file.
  namespace jest {
    // Its parameters have to be those of @types/jest.
    interface Matchers<R, T = {}> extends FleetMatchers<R> {}
  }
}

// @ts-ignore How `expect` of @jest/globals is extended, where that is installed.
declare module 'expect' {
  interface Matchers<R extends void | Promise<void>, T = unknown> extends FleetMatchers<R> {}
}

// Jest gives each test file an `expect` of its own.
const { expect } = globalThis as unknown as { readonly expect?: ExtensibleExpect };
if (!expect) {
  throw new FlotillaError('FLT2408', {
    what: "'cdk8s-flotilla/testing/jest' was imported where there is no global `expect`",
    fix: "import it in a test, or in `setupFilesAfterEnv` of Jest; where globals are off, call `extendExpect(expect)` of 'cdk8s-flotilla/testing'",
  });
}
extendExpect(expect);
