import { DecodeError } from './decode-error';
import { formatQuantity, tryParseQuantity } from '../../schema/quantity';
import { tryFormatDuration, tryFormatMicroTime, tryFormatTime } from '../../schema/time';
import type { Json } from '../json';

/** What Go says of a JSON value: `string`, `number 1.5`, `object`. */
export function kindOf(value: Json): string {
  if (value === null) return 'null';
  if (Array.isArray(value)) return 'array';
  if (typeof value === 'number') return Number.isInteger(value) ? `number ${value}` : `number ${value}`;
  return typeof value === 'boolean' ? 'bool' : typeof value;
}

/** Texts that were written canonically before: most are, and they are the same few. */
const canonical = new Map<string, string>();

export function decodeQuantity(value: Json): string {
  const known = typeof value === 'string' ? canonical.get(value) : undefined;
  if (known !== undefined) return known;
  const quantity = typeof value === 'string' || typeof value === 'number' ? tryParseQuantity(value) : undefined;
  if (!quantity) throw new DecodeError("quantities must match the regular expression '^([+-]?[0-9.]+)([eEinumkKMGTP]*[-+]?[0-9]*)$'");
  const text = formatQuantity(quantity);
  if (typeof value === 'string' && canonical.size < 10_000) canonical.set(value, text);
  return text;
}

export function decodeTime(value: Json, micro: boolean): string {
  const text = typeof value === 'string' ? (micro ? tryFormatMicroTime(value) : tryFormatTime(value)) : undefined;
  if (text === undefined) {
    const layout = micro ? '2006-01-02T15:04:05.000000Z07:00' : '2006-01-02T15:04:05Z07:00';
    throw new DecodeError(typeof value === 'string' ? `parsing time ${JSON.stringify(value)} as "${layout}": cannot parse ${JSON.stringify(value)} as "2006"`
      : `json: cannot unmarshal ${kindOf(value).split(' ')[0]} into Go value of type string`);
  }
  return text;
}

export function decodeDuration(value: Json): string {
  const text = typeof value === 'string' ? tryFormatDuration(value) : undefined;
  if (text === undefined) throw new DecodeError(`time: invalid duration ${JSON.stringify(value)}`);
  return text;
}

/** Bytes are written in Base64, anew: line ends within are gone. */
export function decodeBytes(value: string): string {
  const text = /[\r\n]/.test(value) ? value.replace(/[\r\n]/g, '') : value;
  const wrong = /^[A-Za-z0-9+/]*={0,2}$/.test(text) && text.length % 4 === 0 ? -1 : illegalAt(text);
  if (wrong >= 0) throw new DecodeError(`illegal base64 data at input byte ${wrong}`);
  return text;
}

function illegalAt(text: string): number {
  const at = /[^A-Za-z0-9+/]/.exec(text)?.index ?? text.length;
  // Groups of four: what is missing at the end is told where its group begins.
  return at === text.length ? at - at % 4 : at;
}
