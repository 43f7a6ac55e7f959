/** Something did not come out as it has to. */
export class Unexpected extends Error {}

/** Ends the demo, unless the condition holds. `expected` completes the sentence "expected …". */
export function expect(condition: boolean, expected: string, found?: unknown): asserts condition {
  if (!condition) {
    throw new Unexpected(`expected ${expected}${found === undefined ? '' : `, and found ${typeof found === 'string' ? found : JSON.stringify(found)}`}`);
  }
}
