import { Event, parseEvents, YAMLException } from 'js-yaml';
import { MAX_DEPTH } from './limits';
import { Refusal, tooDeep } from './refusal';

/** More than any parent's indentation: blanks before a continued line mean nothing. */
const PAD = ' '.repeat(2 * MAX_DEPTH);
/** How much may be parsed again, in UTF-16 code units, before we give up on a text. */
const MAX_REPEATED_LENGTH = 2 ** 26;

export interface ParsedText {
  readonly events: Event[];
  /** The text that the offsets in the events refer to. */
  readonly text: string;
  /** The offset in the text as it was given. */
  originalOffset(offset: number): number;
}

/**
 * Splits a text into YAML events.
 *
 * The lines of a flow collection or a quoted scalar may be indented as little as one likes: people close `args: [` with
 * a bracket below the `a`, go-yaml ignores indentation there, and js-yaml holds on to the specification, which wants a
 * blank more. Such lines get their blanks here.
 *
 * @throws Refusal with an offset in the text as it was given
 */
export function readEvents(given: string): ParsedText {
  const padded: number[] = [];
  let text = given;
  let repeated = 0;
  const originalOffset = (offset: number) => {
    const before = padded.filter(start => start < offset);
    const last = before.length > 0 ? before[before.length - 1] : -Infinity;
    return offset - before.length * PAD.length + Math.max(0, last + PAD.length - offset);
  };
  for (;;) {
    try {
      // It counts a document and a scalar as levels too. `Construction` is exact, and knows aliases; this bounds the stack.
      return { events: parseEvents(text, { maxDepth: MAX_DEPTH + 10 }), text, originalOffset };
    } catch (error) {
      if (!(error instanceof YAMLException)) {
        throw error;
      }
      const offset = error.mark?.position ?? 0;
      repeated += text.length;
      const mended = error.reason === 'deficient indentation' && repeated <= MAX_REPEATED_LENGTH ? indentLine(text, offset, padded) : undefined;
      if (mended === undefined) {
        throw refusal(error.reason, originalOffset(offset));
      }
      text = mended;
    }
  }
}

/** The text with more indentation for the line of an offset, which is noted; undefined where that cannot help. */
function indentLine(text: string, offset: number, padded: number[]): string | undefined {
  const line = Math.max(text.lastIndexOf('\n', offset - 1), text.lastIndexOf('\r', offset - 1)) + 1;
  const blanks = /[ \t]*$/.exec(text.slice(line, offset))![0];
  if (blanks.length < offset - line) {
    // Not a continued line, but one with a tab somewhere, which makes js-yaml doubt all of it.
    return blanks.includes('\t') ? text.slice(0, offset - blanks.length) + ' '.repeat(blanks.length) + text.slice(offset) : undefined;
  }
  if (padded[padded.length - 1] === line) {
    return undefined;
  }
  padded.push(line);
  return text.slice(0, line) + PAD + text.slice(line);
}

function refusal(reason: string, offset: number): Refusal {
  return reason.startsWith('nesting exceeded') ? tooDeep(offset) : new Refusal(offset, reason, 'mend the YAML at that place');
}
