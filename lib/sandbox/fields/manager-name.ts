const LONGEST = 128;

/** What a manager is called that says no name of its own: after its program, as the `User-Agent` has it before the first `/`. */
export function defaultManager(userAgent: string): string {
  let name = '';
  for (const character of userAgent.split('/')[0]) {
    // What cannot be printed is left out; of white space only the blank can.
    if (/[\p{C}\p{Z}]/u.test(character) && character !== ' ') continue;
    if (Buffer.byteLength(name + character) > LONGEST) break;
    name += character;
  }
  return name;
}
