/**
 * The paths of keys that a JSON text has twice in one object (`spec.x`, `spec.items[2].y`), each once, in their order.
 *
 * @param text well-formed
 */
export function duplicateKeys(text: string): string[] {
  const found = new Set<string>();
  const frames: Frame[] = [];
  let frame: Frame | undefined;
  for (let at = 0; at < text.length; at++) {
    switch (text.charCodeAt(at)) {
      case 0x7b: // {
        frames.push(frame = { keys: new Set(), key: '', index: 0, expectsKey: true });
        break;
      case 0x5b: // [
        frames.push(frame = { key: '', index: 0, expectsKey: false });
        break;
      case 0x7d: // }
      case 0x5d: // ]
        frames.pop();
        frame = frames[frames.length - 1];
        break;
      case 0x2c: // ,
        if (frame?.keys) frame.expectsKey = true;
        else if (frame) frame.index++;
        break;
      case 0x22: { // "
        const start = at;
        for (at++; text.charCodeAt(at) !== 0x22; at++) if (text.charCodeAt(at) === 0x5c) at++;
        if (!frame?.keys || !frame.expectsKey) break;
        const raw = text.slice(start + 1, at);
        frame.key = raw.includes('\\') ? JSON.parse(`"${raw}"`) as string : raw;
        frame.expectsKey = false;
        if (frame.keys.has(frame.key)) found.add(pathOf(frames));
        frame.keys.add(frame.key);
        break;
      }
      default:
    }
  }
  return [...found];
}

interface Frame {
  /** Of an object; a list has none. */
  readonly keys?: Set<string>;
  key: string;
  index: number;
  expectsKey: boolean;
}

function pathOf(frames: readonly Frame[]): string {
  return frames.map(({ keys, key, index }) => (keys ? `.${key}` : `[${index}]`)).join('').replace(/^\./, '');
}
