/** Of Kubernetes' quantities: in thousandths, so that CPUs stay whole numbers. */
const FACTORS: Readonly<Record<string, bigint>> = {
  '': 1n, 'k': 10n ** 3n, 'M': 10n ** 6n, 'G': 10n ** 9n, 'T': 10n ** 12n, 'P': 10n ** 15n, 'E': 10n ** 18n,
  'Ki': 2n ** 10n, 'Mi': 2n ** 20n, 'Gi': 2n ** 30n, 'Ti': 2n ** 40n, 'Pi': 2n ** 50n, 'Ei': 2n ** 60n,
};
const DECIMAL = ['E', 'P', 'T', 'G', 'M', 'k'];
const BINARY = ['Ei', 'Pi', 'Ti', 'Gi', 'Mi', 'Ki'];

export interface Quantity {
  readonly milli: bigint;
  readonly isBinary: boolean;
}

/** `500m`, `1.5`, `2Gi`, `1e3`; finer than a thousandth is rounded up. Text that is none counts as 0. */
export function parseQuantity(text: string | number): Quantity {
  const match = /^([+-]?)(\d*)\.?(\d*)(?:(m|[kMGTPE]|[KMGTPE]i)|[eE]([+-]?\d+))?$/.exec(String(text));
  if (!match) return { milli: 0n, isBinary: false };
  const [, sign, whole, fraction, suffix = '', exponent = '0'] = match;
  let value = BigInt(whole + fraction || '0') * (suffix === 'm' ? 1n : 1000n * FACTORS[suffix]);
  const places = fraction.length - Number(exponent);
  if (places < 0) value *= 10n ** BigInt(-places);
  else value = (value + 10n ** BigInt(places) - 1n) / 10n ** BigInt(places);
  return { milli: sign === '-' ? -value : value, isBinary: suffix.endsWith('i') };
}

export function addQuantities(a: Quantity, b: Quantity): Quantity {
  return { milli: a.milli + b.milli, isBinary: a.milli === 0n ? b.isBinary : a.isBinary };
}

/** As short as it can be without a fraction: `2Gi`, `1500m`. */
export function formatQuantity({ milli, isBinary }: Quantity): string {
  if (milli === 0n) return '0';
  if (milli % 1000n !== 0n) return `${milli}m`;
  const value = milli / 1000n;
  const suffix = (isBinary ? BINARY : DECIMAL).find(each => value % FACTORS[each] === 0n) ?? '';
  return `${value / FACTORS[suffix]}${suffix}`;
}
