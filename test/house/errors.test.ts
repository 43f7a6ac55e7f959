import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import ts from 'typescript';
import { LibFile, lineOf, readLib, ROOT, visit } from './source-file';

/** An entry of `docs/errors.md`: its heading is the code. */
interface Entry {
  readonly code: string;
  readonly text: string;
}

const entries = readEntries(readFileSync(join(ROOT, 'docs', 'errors.md'), 'utf8'));
const used = codesIn(readLib());

describe('docs/errors.md', () => {
  test('explains every code that the library uses', () => {
    const explained = new Set(entries.map(entry => entry.code));
    expect([...used].filter(([code]) => !explained.has(code)).map(([code, place]) => `${place} uses ${code}, which docs/errors.md does not explain`)).toEqual([]);
  });

  test('explains no code that the library does not use', () => {
    expect(entries.filter(({ code }) => !used.has(code)).map(({ code }) => `docs/errors.md explains ${code}, which nothing uses`)).toEqual([]);
  });

  test('has one entry a code, in order', () => {
    const codes = entries.map(entry => entry.code);
    expect(codes).toEqual([...new Set(codes)].sort());
  });

  test('says in every entry what the code means, shows a message and says what to do', () => {
    const wrong = entries.flatMap(({ code, text }) => [
      ...(/^\*\*Meaning\.\*\* \S/m.test(text) ? [] : [`${code} has no meaning`]),
      ...(new RegExp(`^\`\`\`text\\n${code} \\S[^]*?\\n  fix \\S[^]*?\\n\`\`\`$`, 'm').test(text) ? [] : [`${code} shows no message`]),
      ...(/^\*\*What to do\.\*\* \S/m.test(text) ? [] : [`${code} does not say what to do`]),
    ]);
    expect(wrong).toEqual([]);
  });
});

/** The codes that are written out in code; comments do not count. The place is that of the first use. */
function codesIn(files: readonly LibFile[]): Map<string, string> {
  const found = new Map<string, string>();
  for (const file of files) {
    visit(file.syntax, node => {
      if (!ts.isStringLiteralLike(node) && !ts.isTemplateHead(node) && !ts.isTemplateMiddleOrTemplateTail(node)) {
        return;
      }
      if (/\bFLT\d{0,3}$/.test(node.text) && !ts.isStringLiteralLike(node)) {
        throw new Error(`${file.path}:${lineOf(node)} puts a code together: write it out, so that it can be found`);
      }
      for (const [code] of node.text.matchAll(/\bFLT\d{4}\b/g)) {
        found.set(code, found.get(code) ?? `${file.path}:${lineOf(node)}`);
      }
    });
  }
  return found;
}

function readEntries(markdown: string): Entry[] {
  return markdown.split(/^(?=### )/m).slice(1).map(text => ({ code: /^### (\S+)/.exec(text)?.[1] ?? '', text: text.split(/^## /m)[0] }));
}
