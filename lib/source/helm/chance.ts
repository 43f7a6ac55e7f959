import { mkdirSync, readdirSync, readFileSync, statSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';

/** Functions of chart templates whose result is another one at each run. Those of Sprig, of which Helm leaves out `env` and `getHostByName`. */
const FUNCTIONS = [
  'genPrivateKey', 'genCA', 'genCAWithKey', 'genSelfSignedCert', 'genSelfSignedCertWithKey', 'genSignedCert', 'genSignedCertWithKey', 'randAlphaNum',
  'randAlpha', 'randAscii', 'randNumeric', 'randBytes', 'randInt', 'uuidv4', 'shuffle', 'bcrypt', 'htpasswd', 'encryptAES', 'now', 'ago', 'getHostByName',
];
/** Those whose result has no order of its own, unless it is sorted. */
const UNORDERED = ['keys', 'values'];
/** Stands for `now` in the second of two renderings: both may run in one second. */
const OTHER_TIME = '(toDate "2006-01-02" "2001-02-03")';

const STRING = '"(?:\\\\.|[^"\\\\\\n])*"|`[^`]*`';
/** What names no function: strings and comments; and what does, unless it is a field or a variable. */
const TOKEN = new RegExp(`${STRING}|/\\*[^]*?\\*/|(?<![.$\\w])(?:${[...FUNCTIONS, ...UNORDERED].join('|')})\\b`, 'g');
/** In values, which are no templates until a chart makes them one: the word alone is enough. */
const WORD = new RegExp(`\\b(?:${FUNCTIONS.join('|')})\\b`);
/** One step through an action. */
const STEP = new RegExp(`${STRING}|[^]`, 'y');

/** Files that are no templates, or whose output is nobody's. */
const WITHOUT_TEMPLATES = /(^|\/)(NOTES\.txt|[^/]*\.md|Chart\.(yaml|lock)|values\.schema\.json|crds\/.*|[^/]*\.tgz)$/i;

/** Where a chart calls a function whose result is another one at each run. */
export interface ChanceCall {
  readonly function: string;
  /** Path in the chart, with the line. */
  readonly place: string;
}

/** What a chart may have that differs from run to run. */
export interface ChanceScan {
  readonly calls: readonly ChanceCall[];
  /** Whether some of them lie where {@link copyWithout} does not take them out: in a file that a template may make a template, or in the values. */
  readonly elsewhere: boolean;
}

/**
 * Looks for functions whose result is another one at each run: in the templates of a chart and of its subcharts, and in the values.
 *
 * @param chart its folder; subcharts in archives are not looked into
 * @param values all values, as texts: a chart may make templates of them
 */
export function findChance(chart: string, values: readonly string[]): ChanceScan {
  const calls = filesOf(chart).filter(name => !WITHOUT_TEMPLATES.test(name)).flatMap(name => callsIn(readFileSync(join(chart, name), 'utf8'), name));
  const inValues = values.some(text => text.includes('{{') && WORD.test(text.slice(text.indexOf('{{'))));
  return { calls, elsewhere: inValues || calls.some(({ place }) => !isTemplate(place)) };
}

/** Copies a chart so that a template fails when it calls one of these functions: `fail` takes their place, and does so with any arguments. */
export function copyWithout(chart: string, copy: string): void {
  copyReplaced(chart, copy, () => 'fail');
}

/** Copies a chart so that the time is another one. */
export function copyAtOtherTime(chart: string, copy: string): void {
  copyReplaced(chart, copy, name => (name === 'now' ? OTHER_TIME : name));
}

/** The archives of subcharts in a chart, by their paths in it. */
export function listArchives(chart: string): string[] {
  return filesOf(chart).filter(name => /(^|\/)charts\/[^/]+\.tgz$/.test(name));
}

/** Copies a chart. The files of the copy can be written, whatever those of the chart. */
export function copyReplaced(chart: string, copy: string, replace: (name: string) => string = name => name): void {
  for (const name of filesOf(chart)) {
    const content = readFileSync(join(chart, name));
    mkdirSync(dirname(join(copy, name)), { recursive: true });
    writeFileSync(join(copy, name), isTemplate(name) ? replaceCalls(content.toString('utf8'), replace) : content);
  }
}

function callsIn(text: string, file: string): ChanceCall[] {
  const calls: ChanceCall[] = [];
  replaceCalls(text, (name, offset) => {
    calls.push({ function: name, place: `${file}:${text.slice(0, offset).split('\n').length}` });
    return name;
  });
  return calls;
}

/** Goes through the text once, whatever it holds: it need not be a template at all. */
function replaceCalls(text: string, replace: (name: string, offset: number) => string): string {
  let result = '';
  let done = 0;
  for (let start = text.indexOf('{{'); start >= 0; start = text.indexOf('{{', done)) {
    const end = endOfAction(text, start + 2);
    if (end === undefined) {
      break;
    }
    result += text.slice(done, start) + replaceIn(text.slice(start, end), (name, offset) => replace(name, start + offset));
    done = end;
  }
  return result + text.slice(done);
}

/** Behind the `}}` that is in no string and no comment. */
function endOfAction(text: string, start: number): number | undefined {
  for (let i = start; i < text.length; i = STEP.lastIndex) {
    if (text.startsWith('}}', i)) {
      return i + 2;
    }
    STEP.lastIndex = i;
    if (text.startsWith('/*', i)) {
      const end = text.indexOf('*/', i + 2);
      if (end < 0) {
        return undefined;
      }
      STEP.lastIndex = end + 2;
    } else {
      STEP.test(text);
    }
  }
  return undefined;
}

function replaceIn(action: string, replace: (name: string, offset: number) => string): string {
  const isSorted = /\bsortAlpha\b/.test(action);
  return action.replace(TOKEN, (token: string, offset: number) => {
    const named = /^\w/.test(token) && !(isSorted && UNORDERED.includes(token));
    return named ? replace(token, offset) : token;
  });
}

function isTemplate(name: string): boolean {
  return /(^|\/)templates\//.test(name);
}

function filesOf(folder: string, prefix = ''): string[] {
  return readdirSync(join(folder, prefix)).sort().flatMap(entry => {
    const name = prefix + entry;
    // By where links lead, as helm reads them.
    const stats = statSync(join(folder, name), { throwIfNoEntry: false });
    return stats?.isDirectory() ? filesOf(folder, `${name}/`) : stats?.isFile() ? [name] : [];
  });
}
