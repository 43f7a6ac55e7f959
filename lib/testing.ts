/** `cdk8s-flotilla/testing`: what the tests of a fleet need besides the library. */
export { Sandbox, type SandboxOptions } from './sandbox/sandbox';
