import { existsSync, readdirSync, readFileSync, statSync } from 'node:fs';
import { dirname, join, normalize } from 'node:path';
import { ROOT } from './source-file';

const pages = ['README.md', 'CONTRIBUTING.md', 'API.md', ...readdirSync(join(ROOT, 'docs')).filter(name => name.endsWith('.md')).map(name => `docs/${name}`)];

describe('the links of the documentation', () => {
  test.each(pages)('those of %s lead to a file and a heading', page => {
    const text = read(page);
    const broken = linksIn(text).filter(({ target }) => !/^[a-z]+:/i.test(target)).flatMap(({ target, line }) => {
      const [path, anchor] = target.split('#');
      const file = path === '' ? page : normalize(join(dirname(page), path));
      if (!existsSync(join(ROOT, file))) {
        return [`${page}:${line} links to ${target}: there is no such file`];
      }
      return anchor && file.endsWith('.md') && !anchorsOf(read(file)).has(anchor) ? [`${page}:${line} links to ${target}: there is no such heading`] : [];
    });
    expect(broken).toEqual([]);
  });

  test('every page of docs is linked from README.md', () => {
    const linked = new Set(linksIn(read('README.md')).map(({ target }) => target.split('#')[0]));
    expect(pages.filter(page => page !== 'README.md' && !linked.has(page))).toEqual([]);
  });
});

describe('the documentation', () => {
  test.each(pages)('%s names no folder of the machine that it was written on', page => {
    const lines = read(page).split('\n').map((line, index) => ({ line, place: `${page}:${index + 1}` }));
    expect(lines.filter(({ line }) => /(^|[\s`'"(])(\/work|\/root|\/tmp|\.\.\/shared)\b/.test(line)).map(({ place }) => place)).toEqual([]);
  });
});

function read(page: string): string {
  const path = join(ROOT, page);
  return statSync(path).isFile() ? readFileSync(path, 'utf8') : '';
}

/** `[text](target)` outside of code. */
function linksIn(text: string): { readonly target: string; readonly line: number }[] {
  const withoutCode = text.replace(/^```[^]*?^```$/gm, block => block.replace(/[^\n]/g, '')).replace(/`[^`\n]*`/g, code => '`'.repeat(code.length));
  return [...withoutCode.matchAll(/\]\(([^)\s]+)\)/g)].map(match => ({
    target: match[1], line: withoutCode.slice(0, match.index).split('\n').length,
  }));
}

/** The anchors of a page as GitHub makes them of its headings, and those that are written out. */
function anchorsOf(text: string): Set<string> {
  const anchors = new Set([...text.matchAll(/<a id="([^"]+)">/g)].map(match => match[1]));
  for (const [, heading] of text.replace(/^```[^]*?^```$/gm, '').matchAll(/^#{1,6} (.+)$/gm)) {
    const plain = heading.replace(/\[([^\]]*)\]\([^)]*\)/g, '$1').toLowerCase().replace(/[^\p{L}\p{N}\s_-]/gu, '').trim().replace(/\s/g, '-');
    let anchor = plain;
    for (let n = 1; anchors.has(anchor); n++) {
      anchor = `${plain}-${n}`;
    }
    anchors.add(anchor);
  }
  return anchors;
}
