const FORMATS: Readonly<Record<string, (text: string) => boolean>> = {
  'date-time': text => /^\d{4}-\d\d-\d\d[Tt]\d\d:\d\d:\d\d(\.\d+)?([Zz]|[+-]\d\d:\d\d)$/.test(text) && !Number.isNaN(Date.parse(text)),
  'date': text => /^\d{4}-\d\d-\d\d$/.test(text) && !Number.isNaN(Date.parse(text)),
  'duration': text => /^(\d+(\.\d*)?\s*(ns|us|µs|ms|s|m|h|d|w|[a-z]+))+$/.test(text),
  'uuid': text => /^[0-9a-f]{8}-?([0-9a-f]{4}-?){3}[0-9a-f]{12}$/i.test(text),
  'ipv4': text => /^(25[0-5]|2[0-4]\d|1?\d?\d)(\.(25[0-5]|2[0-4]\d|1?\d?\d)){3}$/.test(text),
  'ipv6': text => text.includes(':') && /^[0-9a-f:.]+$/i.test(text),
  'cidr': text => /^[0-9a-f:.]+\/\d+$/i.test(text),
  'email': text => /^[^@\s]+@[^@\s]+$/.test(text),
  'hostname': text => /^([a-zA-Z0-9]([-a-zA-Z0-9]*[a-zA-Z0-9])?)(\.[a-zA-Z0-9]([-a-zA-Z0-9]*[a-zA-Z0-9])?)*$/.test(text),
  'uri': text => URL.canParse(text) || text.startsWith('/'),
  'byte': text => /^[A-Za-z0-9+/]*={0,2}$/.test(text) && text.length % 4 === 0,
  'mac': text => /^([0-9a-f]{2}[:-]){5}[0-9a-f]{2}$/i.test(text),
};

/** Whether a text is not of a format that an API server knows; a format that it does not know says nothing. */
export function formatProblem(format: string, text: string): boolean {
  const fits = FORMATS[format];
  return fits !== undefined && !fits(text);
}
