import { SelectorSyntaxError } from './label-selector';

export interface FieldRequirement {
  readonly field: string;
  readonly equal: boolean;
  readonly value: string;
}

/** Whether an object is meant whose fields read like this. */
export function matchesFields(requirements: readonly FieldRequirement[], fieldOf: (field: string) => string): boolean {
  return requirements.every(({ field, equal, value }) => (fieldOf(field) === value) === equal);
}

/**
 * Parses `metadata.name=web,status.phase!=Running`; `\` escapes `,`, `=` and itself in values.
 * A requirement without a value matches everything when it excludes.
 *
 * @throws SelectorSyntaxError
 */
export function parseFieldSelector(text: string): FieldRequirement[] {
  return termsOf(text).filter(term => term !== '').sort().map(term => {
    const found = /^([^=!]*(?:!(?!=)[^=!]*)*)(!=|==|=)(.*)$/s.exec(term);
    if (!found) throw new SelectorSyntaxError(`invalid selector: '${text}'; can't understand '${term}'`);
    return { field: found[1], equal: found[2] !== '!=', value: unescaped(found[3]) };
  });
}

function termsOf(text: string): string[] {
  const terms: string[] = [];
  let term = '';
  for (let i = 0; i < text.length; i++) {
    if (text[i] === '\\') {term += text[i++];} else if (text[i] === ',') {
      terms.push(term);
      term = '';
      continue;
    }
    term += text[i] ?? '';
  }
  return [...terms, term];
}

function unescaped(value: string): string {
  let found = '';
  for (let i = 0; i < value.length; i++) {
    if (value[i] === '\\') {
      const next = value[++i] ?? '';
      if (!['\\', ',', '='].includes(next)) throw new SelectorSyntaxError(`invalid field selector: invalid escape sequence: \\${next}`);
      found += next;
    } else if (value[i] === ',' || value[i] === '=') {
      throw new SelectorSyntaxError(`invalid field selector: unescaped character in value: ${value.charCodeAt(i)}`);
    } else {
      found += value[i];
    }
  }
  return found;
}
