import type { FleetMatchers } from './matchers';

// @ts-ignore It is there for those who import this file; the library does not depend on it.
declare module 'vitest' {
  interface Assertion<T = any> extends FleetMatchers<T> {}
}

export { extendExpect } from './extend-expect';
