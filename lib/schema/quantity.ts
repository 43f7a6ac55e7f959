/** Of what a number of Kubernetes is written in: `1e3`, `1Ki` or `1k`. */
type Format = 'exponent' | 'binary' | 'decimal';

/** A number of Kubernetes, exact. */
export interface Quantity {
  /** Billionths. */
  readonly nano: bigint;
  readonly format: Format;
}

const PATTERN = /^([+-]?)(\d*)(?:\.(\d*))?(?:([eE])([+-]?\d+)|(Ki|Mi|Gi|Ti|Pi|Ei|[numkMGTPE]))?$/;
const DECIMAL = ['n', 'u', 'm', '', 'k', 'M', 'G', 'T', 'P', 'E'];
const BINARY = ['', 'Ki', 'Mi', 'Gi', 'Ti', 'Pi', 'Ei'];
const NANO = 1_000_000_000n;

/** A number with an optional suffix (`500m`, `1.5Gi`, `1e3`), or undefined when it is none. Smaller than a billionth is rounded up, away from zero. */
export function tryParseQuantity(text: string | number): Quantity | undefined {
  const found = PATTERN.exec(String(text).trim());
  if (!found || !(found[2] || found[3])) return undefined;
  const [, sign, whole, fraction = '', e, exponent, suffix] = found;
  const format: Format = e ? 'exponent' : suffix?.endsWith('i') ? 'binary' : 'decimal';
  const tens = 9 - fraction.length + (e ? Number(exponent) : format === 'decimal' ? 3 * (DECIMAL.indexOf(suffix ?? '') - 3) : 0);
  if (Math.abs(tens) > 300) return undefined;
  const digits = BigInt(whole + fraction) * (format === 'binary' ? 1024n ** BigInt(BINARY.indexOf(suffix)) : 1n);
  const nano = tens >= 0 ? digits * 10n ** BigInt(tens) : ceilingOf(digits, 10n ** BigInt(-tens));
  return { nano: sign === '-' ? -nano : nano, format };
}

/** As an API server writes it: no fraction, and the largest suffix for which that holds. */
export function formatQuantity({ nano, format }: Quantity): string {
  if (nano === 0n) return '0';
  const sign = nano < 0n ? '-' : '';
  const amount = nano < 0n ? -nano : nano;
  if (format === 'binary' && amount > 1023n * NANO) {
    return sign + inBinary(ceilingOf(amount, NANO));
  }
  let [mantissa, thousands] = [amount, 0];
  while (thousands < DECIMAL.length - 1 && mantissa % 1000n === 0n) [mantissa, thousands] = [mantissa / 1000n, thousands + 1];
  const exponent = 3 * (thousands - 3);
  return sign + mantissa.toString() + (format === 'exponent' ? (exponent === 0 ? '' : `e${exponent}`) : DECIMAL[thousands]);
}

/** Rounded up to thousandths, as every list of resources is. */
export function roundToMilli(quantity: Quantity): Quantity {
  const milli = 1_000_000n;
  if (quantity.nano % milli === 0n) return quantity;
  const up = ceilingOf(quantity.nano < 0n ? -quantity.nano : quantity.nano, milli) * milli;
  return { ...quantity, nano: quantity.nano < 0n ? -up : up };
}

export function addQuantities(a: Quantity, b: Quantity): Quantity {
  return { nano: a.nano + b.nano, format: a.nano === 0n ? b.format : a.format };
}

function inBinary(value: bigint): string {
  let [rest, power] = [value, 0];
  while (power < BINARY.length - 1 && rest % 1024n === 0n) [rest, power] = [rest / 1024n, power + 1];
  return rest.toString() + BINARY[power];
}

function ceilingOf(value: bigint, by: bigint): bigint {
  return (value + by - 1n) / by;
}
