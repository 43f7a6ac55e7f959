import { cpSync, readdirSync, readFileSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';

/** Functions of chart templates whose result is another one at each run. Those of Sprig, of which Helm leaves out `env` and `getHostByName`. */
const FUNCTIONS = [
  'genPrivateKey', 'genCA', 'genCAWithKey', 'genSelfSignedCert', 'genSelfSignedCertWithKey', 'genSignedCert', 'genSignedCertWithKey', 'randAlphaNum',
  'randAlpha', 'randAscii', 'randNumeric', 'randBytes', 'randInt', 'uuidv4', 'shuffle', 'bcrypt', 'htpasswd', 'encryptAES', 'now', 'ago', 'getHostByName',
];
/** Those whose result has no order of its own, unless it is sorted. */
const UNORDERED = ['keys', 'values'];
/** Stands for `now` in the second of two renderings: both may run in one second. */
const OTHER_TIME = '(toDate "2006-01-02" "2001-02-03")';

/** An action of a template: up to the `}}` that is in no string and no comment. */
const ACTION = /\{\{(?:"(?:\\.|[^"\\])*"|`[^`]*`|\/\*(?:(?!\*\/)[^])*\*\/|(?!\}\})[^"`])*\}\}/g;
/** What names no function: strings and comments; and what does, unless it is a field or a variable. */
const TOKEN = new RegExp(`"(?:\\\\.|[^"\\\\])*"|\`[^\`]*\`|/\\*(?:(?!\\*/)[^])*\\*/|(?<![.$\\w])(?:${[...FUNCTIONS, ...UNORDERED].join('|')})\\b`, 'g');

/** Where a chart calls a function whose result is another one at each run. */
export interface ChanceCall {
  readonly function: string;
  /** Path in the chart, with the line. */
  readonly place: string;
}

/**
 * What a chart may have that differs from run to run.
 *
 * Templates are looked at as text; a function that is called by a way that this cannot see (a text of the values that is a template) is looked for in
 * `values`.
 */
export interface ChanceScan {
  readonly calls: readonly ChanceCall[];
  /** Whether some of them lie where {@link copyWithout} cannot take them out: in the archive of a subchart, in a file for `tpl`, in the values. */
  readonly elsewhere: boolean;
}

/** Looks for functions whose result is another one at each run: in the templates of a chart and of its subcharts, and in the values. */
export function findChance(chart: string, values: string): ChanceScan {
  const calls: ChanceCall[] = [];
  let elsewhere = callsIn(values, 'values').length > 0;
  for (const name of filesOf(chart)) {
    if (name.endsWith('.tgz')) {
      // What an archive holds, only helm knows.
      elsewhere = true;
      continue;
    }
    if (/(^|\/)(NOTES\.txt|[^/]*\.md|Chart\.(yaml|lock)|values\.schema\.json|crds\/.*)$/i.test(name)) {
      continue;
    }
    const found = callsIn(readFileSync(join(chart, name), 'utf8'), name);
    calls.push(...found);
    elsewhere ||= found.length > 0 && !isTemplate(name);
  }
  return { calls, elsewhere };
}

/** Copies a chart so that a template fails when it calls one of these functions: `fail` takes their place, and does so with any arguments. */
export function copyWithout(chart: string, copy: string): void {
  copyReplaced(chart, copy, () => 'fail');
}

/** Copies a chart so that the time is another one. */
export function copyAtOtherTime(chart: string, copy: string): void {
  copyReplaced(chart, copy, name => (name === 'now' ? OTHER_TIME : name));
}

function copyReplaced(chart: string, copy: string, replace: (name: string) => string): void {
  cpSync(chart, copy, { recursive: true, dereference: true });
  for (const name of filesOf(copy).filter(isTemplate)) {
    const path = join(copy, name);
    const text = readFileSync(path, 'utf8');
    const replaced = replaceCalls(text, replace);
    if (replaced !== text) {
      writeFileSync(path, replaced);
    }
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

function replaceCalls(text: string, replace: (name: string, offset: number) => string): string {
  return text.replace(ACTION, (action: string, start: number) => {
    const isSorted = /\bsortAlpha\b/.test(action);
    return action.replace(TOKEN, (token: string, offset: number) => {
      const named = /^\w/.test(token) && !(isSorted && UNORDERED.includes(token));
      return named ? replace(token, start + offset) : token;
    });
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
