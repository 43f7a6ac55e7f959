/** Why a text is no name of a kind; empty when it is one. In the words of an API server. */
export type NameRule = (text: string) => string[];

const LABEL = '[a-z0-9]([-a-z0-9]*[a-z0-9])?';
const SUBDOMAIN = `${LABEL}(\\.${LABEL})*`;
const QUALIFIED = '([A-Za-z0-9][-A-Za-z0-9_.]*)?[A-Za-z0-9]';
const VALUE = `(${QUALIFIED})?`;
const ENDS = 'must start and end with an alphanumeric character';

const compiled = new Map<string, RegExp>();

function matches(pattern: string, text: string): boolean {
  let expression = compiled.get(pattern);
  if (!expression) compiled.set(pattern, expression = new RegExp(`^${pattern}$`));
  return expression.test(text);
}

function expect(text: string, pattern: string, words: string, examples: readonly string[]): string[] {
  if (matches(pattern, text)) return [];
  return [`${words} (e.g. ${examples.map(example => `'${example}'`).join(',  or ')}, regex used for validation is '${pattern}')`];
}

const tooLong = (text: string, most: number) => (text.length > most ? [`must be no more than ${most} bytes`] : []);

export const dnsLabel: NameRule = text => [...tooLong(text, 63), ...(text.includes('.') && matches(SUBDOMAIN, text) ? ['must not contain dots'] : expect(text, LABEL,
  `a lowercase RFC 1123 label must consist of lower case alphanumeric characters or '-', and ${ENDS}`, ['my-name', '123-abc']))];

export const dnsSubdomain: NameRule = text => [...(text.length > 253 ? ['must be no more than 253 characters'] : []), ...expect(text, SUBDOMAIN,
  `a lowercase RFC 1123 subdomain must consist of lower case alphanumeric characters, '-' or '.', and ${ENDS}`, ['example.com'])];

export const dns1035Label: NameRule = text => [...tooLong(text, 63), ...expect(text, '[a-z]([-a-z0-9]*[a-z0-9])?',
  "a DNS-1035 label must consist of lower case alphanumeric characters or '-', start with an alphabetic character, and end with an alphanumeric character",
  ['my-name', 'abc-123'])];

export const wildcardSubdomain: NameRule = text => [...tooLong(text, 253), ...expect(text, `\\*\\.${SUBDOMAIN}`,
  "a wildcard DNS-1123 subdomain must start with '*.', followed by a valid DNS subdomain, which must consist of lower case alphanumeric characters, '-' or '.' "
  + 'and end with an alphanumeric character', ['*.example.com'])];

/** What may stand in the path of a URL: the names of roles. */
export const pathSegment: NameRule = text => {
  if (text === '.' || text === '..') return [`may not be '${text}'`];
  return ['/', '%'].filter(letter => text.includes(letter)).map(letter => `may not contain '${letter}'`);
};

export const labelValue: NameRule = text => [...tooLong(text, 63), ...expect(text, VALUE,
  `a valid label must be an empty string or consist of alphanumeric characters, '-', '_' or '.', and ${ENDS}`, ['MyValue', 'my_value', '12345'])];

/** `name` or `prefix/name`: keys of labels and annotations, finalizers. */
export const qualifiedName: NameRule = text => {
  const parts = text.split('/');
  const problems: string[] = [];
  if (parts.length === 2) {
    if (parts[0] === '') problems.push('prefix part must be non-empty');
    else problems.push(...dnsSubdomain(parts[0]).map(problem => `prefix part ${problem}`));
  } else if (parts.length > 2) {
    return [`a valid label key must consist of alphanumeric characters, '-', '_' or '.', and ${ENDS} (e.g. 'MyName',  or 'my.name',  or '123-abc', `
      + `regex used for validation is '${QUALIFIED}') with an optional DNS subdomain prefix and '/' (e.g. 'example.com/MyName')`];
  }
  const name = parts[parts.length - 1];
  if (name === '') problems.push('name part must be non-empty');
  else problems.push(...tooLong(name, 63).map(problem => `name part ${problem}`));
  if (!matches(QUALIFIED, name)) {
    problems.push(`name part must consist of alphanumeric characters, '-', '_' or '.', and ${ENDS} (e.g. 'MyName',  or 'my.name',  or '123-abc', `
      + `regex used for validation is '${QUALIFIED}')`);
  }
  return problems;
};

/** Keys of ConfigMaps and Secrets. */
export const dataKey: NameRule = text => {
  const problems = [...tooLong(text, 253), ...expect(text, '[-._a-zA-Z0-9]+',
    "a valid config key must consist of alphanumeric characters, '-', '_' or '.'", ['key.name', 'KEY_NAME', 'key-name'])];
  if (text === '.') problems.push("must not be '.'");
  if (text === '..') problems.push("must not be '..'");
  else if (text.startsWith('..')) problems.push("must not start with '..'");
  return problems;
};

export const portName: NameRule = text => {
  const problems: string[] = text.length > 15 ? ['must be no more than 15 characters'] : [];
  if (!/^[-a-z0-9]+$/.test(text)) problems.push('must contain only alpha-numeric characters (a-z, 0-9), and hyphens (-)');
  if (!/[a-z]/.test(text)) problems.push('must contain at least one letter (a-z)');
  if (text.includes('--')) problems.push('must not contain consecutive hyphens');
  if (text.startsWith('-') || text.endsWith('-')) problems.push('must not begin or end with a hyphen');
  return problems;
};

/** Almost anything: what is no `=` and can be printed. */
export const environmentName: NameRule = text => (/^[ -<>-~]+$/.test(text) ? [] : ["a valid environment variable name must consist only of printable ASCII characters other than '='"]);

export function portNumber(port: number): string[] {
  return port >= 1 && port <= 65_535 ? [] : ['must be between 1 and 65535, inclusive'];
}
