import { EVENT_ID, getScalarValue } from 'js-yaml';
import { readEvents } from '../../yaml/events';

/** Prose that begins like a key does. */
const PROSE = /^(ref|refs|see|note|nb|tip|e\.g|example|examples|warning|warn|important|default|defaults|todo|deprecated|https?):/i;
/** `key:`, `key: value`, `- key: value` and `- value`: a part of the values that somebody took out. */
const COMMENTED_OUT = /^(- )?["']?[a-z][\w./-]*["']?:(\s+\S+|\s+["'[{|>].*)?$|^- \S+$/;
const HELM_DOCS = /^--(\s|$)/;

const COMMENTED_KEY = /^#+ ?["']?([A-Za-z][\w.-]*)["']?:(\s|$)/;

/** What the comments of a YAML text tell. Paths of keys are JSON: `["controller","image"]`. */
export interface Comments {
  /** The comment above each key, by its path. Keys inside of lists have none. */
  readonly docs: ReadonlyMap<string, string>;
  /** Keys that are commented out, without a default, by the path of the map that they would be in. */
  readonly keys: ReadonlyMap<string, readonly string[]>;
}

/**
 * Reads the comments of a YAML text.
 *
 * A comment that begins with `# --`, as helm-docs has it, begins there. Lines that were taken out of the values say nothing of the key below them.
 */
export function commentsOf(text: string): Comments {
  const docs = new Map<string, string>();
  const keys = new Map<string, string[]>();
  const { events, text: parsed } = readEvents(text);
  const path: string[] = [];
  let position = 0;

  const visit = (inList: boolean): void => {
    const event = events[position++];
    if (event.type === EVENT_ID.MAPPING) {
      const here = JSON.stringify(path);
      while (events[position].type !== EVENT_ID.POP) {
        const key = events[position];
        if (key.type === EVENT_ID.SCALAR) {
          position++;
          path.push(getScalarValue(parsed, key));
          if (!inList) {
            const lines = linesAbove(parsed, key.valueStart);
            const comment = docOf(lines);
            if (comment) {
              docs.set(JSON.stringify(path), comment);
            }
            keys.set(here, [...keys.get(here) ?? [], ...commentedKeys(lines, columnOf(parsed, key.valueStart))]);
          }
          visit(inList);
          path.pop();
        } else {
          visit(true);
          visit(true);
        }
      }
      position++;
    } else if (event.type === EVENT_ID.SEQUENCE) {
      while (events[position].type !== EVENT_ID.POP) {
        visit(true);
      }
      position++;
    }
  };

  if (events[position]?.type === EVENT_ID.DOCUMENT && events[++position].type !== EVENT_ID.POP) {
    visit(false);
  }
  return { docs, keys };
}

/** Comments and blank lines above the line of an offset, and the line before them, if any. */
function linesAbove(text: string, offset: number): string[] {
  const found: string[] = [];
  for (let end = text.lastIndexOf('\n', offset - 1); end >= 0;) {
    const start = end === 0 ? 0 : text.lastIndexOf('\n', end - 1) + 1;
    const line = text.slice(start, end).trimEnd();
    found.unshift(line);
    if (!/^\s*(#.*)?$/.test(line)) {
      break;
    }
    end = start - 1;
  }
  return found;
}

function columnOf(text: string, offset: number): number {
  const line = text.slice(text.lastIndexOf('\n', offset - 1) + 1, offset);
  return /["']$/.test(line) ? line.length - 1 : line.length;
}

/** Commented out keys of the map that the key below the lines is in. What follows an empty map or list is an example of what may be in that. */
function commentedKeys(lines: readonly string[], column: number): string[] {
  const found: string[] = [];
  let example = false;
  for (const line of lines) {
    const comment = line.trim();
    if (comment === '' || /^#+ --/.test(comment)) {
      example = false;
    } else if (!comment.startsWith('#')) {
      example = /(\{\}|\[\])$/.test(comment);
    } else if (!example && line.indexOf('#') === column) {
      const [, key] = COMMENTED_KEY.exec(comment) ?? [];
      const plain = comment.replace(/^#+ ?/, '');
      if (key !== undefined && COMMENTED_OUT.test(plain) && !PROSE.test(plain)) {
        found.push(key);
      }
    }
  }
  return found;
}

/** The text of the lines of comment right above a key. */
function docOf(lines: readonly string[]): string | undefined {
  const adjacent = lines.slice(lines.findLastIndex(line => !/^\s*#/.test(line)) + 1).map(line => line.replace(/^\s*#+ ?/, ''));
  const begin = adjacent.findLastIndex(line => HELM_DOCS.test(line.trim()));
  const own = begin < 0 ? adjacent : adjacent.slice(begin);
  const said = own.slice(own.findLastIndex(line => COMMENTED_OUT.test(line.trim()) && !PROSE.test(line.trim())) + 1)
    .map(line => line.replace(/^\s*--\s*/, '').replace(/^@(default|section|schema|ignored?|notationType)\b.*$/, '').trimEnd());
  const trimmed = said.join('\n').trim();
  return trimmed === '' ? undefined : trimmed;
}
