import { EVENT_ID, getScalarValue } from 'js-yaml';
import { readEvents } from '../../yaml/events';

/** Prose that begins like a key does. */
const PROSE = /^(ref|refs|see|note|nb|tip|e\.g|example|examples|warning|warn|important|default|defaults|todo|deprecated|https?):/i;
/** `key:`, `key: value`, `- key: value` and `- value`: a part of the values that somebody took out. */
const COMMENTED_OUT = /^(- )?["']?[a-z][\w./-]*["']?:(\s+\S+|\s+["'[{|>].*)?$|^- \S+$/;
const HELM_DOCS = /^--(\s|$)/;

/**
 * The comment above each key of a YAML text, by the path of the key as JSON: `["controller","image"]`. Keys inside of lists have none.
 *
 * A comment that begins with `# --`, as helm-docs has it, begins there. Lines that were taken out of the values say nothing of the key below them.
 */
export function commentsOf(text: string): ReadonlyMap<string, string> {
  const comments = new Map<string, string>();
  const { events, text: parsed } = readEvents(text);
  const path: string[] = [];
  let position = 0;

  const visit = (inList: boolean): void => {
    const event = events[position++];
    if (event.type === EVENT_ID.MAPPING) {
      while (events[position].type !== EVENT_ID.POP) {
        const key = events[position];
        if (key.type === EVENT_ID.SCALAR) {
          position++;
          path.push(getScalarValue(parsed, key));
          const comment = inList ? undefined : commentAbove(parsed, key.valueStart);
          if (comment) {
            comments.set(JSON.stringify(path), comment);
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
  return comments;
}

/** The lines of comment right above the line of an offset. */
function commentAbove(text: string, offset: number): string | undefined {
  const lines = text.slice(0, offset).split('\n');
  const found: string[] = [];
  for (let i = lines.length - 2; i >= 0; i--) {
    const comment = /^\s*#+(.*)$/.exec(lines[i].trimEnd());
    if (!comment) {
      break;
    }
    found.unshift(comment[1].replace(/^ /, ''));
  }
  const begin = found.findLastIndex(line => HELM_DOCS.test(line.trim()));
  const own = begin < 0 ? found : found.slice(begin);
  const said = own.slice(own.findLastIndex(line => COMMENTED_OUT.test(line.trim()) && !PROSE.test(line.trim())) + 1)
    .map(line => line.replace(/^\s*--\s*/, '').replace(/^@(default|section|schema|ignored?|notationType)\b.*$/, '').trimEnd());
  const trimmed = said.join('\n').trim();
  return trimmed === '' ? undefined : trimmed;
}
