const NAME = /^([A-Za-z0-9][-A-Za-z0-9_.]*)?[A-Za-z0-9]$/;
const SUBDOMAIN = /^[a-z0-9]([-a-z0-9]*[a-z0-9])?(\.[a-z0-9]([-a-z0-9]*[a-z0-9])?)*$/;

const NAME_RULE = "must consist of alphanumeric characters, '-', '_' or '.', and must start and end with an alphanumeric character (e.g. 'MyName',  or 'my.name',  or '123-abc', regex used for validation is '([A-Za-z0-9][-A-Za-z0-9_.]*)?[A-Za-z0-9]')";
const SUBDOMAIN_RULE = "a lowercase RFC 1123 subdomain must consist of lower case alphanumeric characters, '-' or '.', and must start and end with an alphanumeric character (e.g. 'example.com', regex used for validation is '[a-z0-9]([-a-z0-9]*[a-z0-9])?(\\.[a-z0-9]([-a-z0-9]*[a-z0-9])?)*')";

/** What is wrong with a label's key, in the words of Kubernetes; undefined when nothing is. */
export function causeOfLabelKey(key: string): string | undefined {
  const parts = key.split('/');
  const wrong: string[] = [];
  let name = parts[0];
  if (parts.length === 2) {
    const [prefix] = parts;
    name = parts[1];
    if (prefix.length === 0) wrong.push('prefix part must be non-empty');
    else wrong.push(...subdomainCauses(prefix).map(cause => `prefix part ${cause}`));
  } else if (parts.length > 2) {
    return `a valid label key ${NAME_RULE} with an optional DNS subdomain prefix and '/' (e.g. 'example.com/MyName')`;
  }
  if (name.length === 0) wrong.push('name part must be non-empty');
  else if (name.length > 63) wrong.push('name part must be no more than 63 bytes');
  if (!NAME.test(name)) wrong.push(`name part ${NAME_RULE}`);
  return wrong.length > 0 ? wrong.join('; ') : undefined;
}

/** The same of a label's value. */
export function causeOfLabelValue(value: string): string | undefined {
  const wrong: string[] = [];
  if (value.length > 63) wrong.push('must be no more than 63 bytes');
  if (value !== '' && !NAME.test(value)) {
    wrong.push("a valid label must be an empty string or consist of alphanumeric characters, '-', '_' or '.', and must start and end with an alphanumeric character (e.g. 'MyValue',  or 'my_value',  or '12345', regex used for validation is '(([A-Za-z0-9][-A-Za-z0-9_.]*)?[A-Za-z0-9])?')");
  }
  return wrong.length > 0 ? wrong.join('; ') : undefined;
}

function subdomainCauses(value: string): string[] {
  return [
    ...(value.length > 253 ? ['must be no more than 253 bytes'] : []),
    ...(SUBDOMAIN.test(value) ? [] : [SUBDOMAIN_RULE]),
  ];
}
