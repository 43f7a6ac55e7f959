const RFC3339 = /^(\d{4})-(\d\d)-(\d\d)T(\d\d):(\d\d):(\d\d)(\.\d+)?(Z|[+-]\d\d:\d\d)$/;

/** A time as an API server writes it, in UTC and whole seconds: `2024-01-01T00:00:00Z`. Undefined when it is none. */
export function tryFormatTime(text: string): string | undefined {
  const milliseconds = parseTime(text);
  return milliseconds === undefined ? undefined : new Date(Math.floor(milliseconds / 1000) * 1000).toISOString().replace('.000Z', 'Z');
}

/** The same with the six digits for a part of a second that it has to have. */
export function tryFormatMicroTime(text: string): string | undefined {
  const milliseconds = parseTime(text);
  const fraction = RFC3339.exec(text)?.[7];
  if (milliseconds === undefined || fraction?.length !== 7) return undefined;
  return new Date(Math.floor(milliseconds / 1000) * 1000).toISOString().replace('.000Z', `${fraction}Z`);
}

function parseTime(text: string): number | undefined {
  if (!RFC3339.test(text)) return undefined;
  const milliseconds = Date.parse(text);
  return Number.isNaN(milliseconds) ? undefined : milliseconds;
}

const UNITS: Readonly<Record<string, number>> = { ns: 1e-9, us: 1e-6, µs: 1e-6, ms: 1e-3, s: 1, m: 60, h: 3600 };

/** A duration as Go writes it: `90s` is `1m30s`. Undefined when it is none. */
export function tryFormatDuration(text: string): string | undefined {
  if (text === '0') return '0s';
  const found = /^([+-]?)((?:\d+(?:\.\d*)?(?:ns|us|µs|ms|s|m|h))+)$/.exec(text);
  if (!found) return undefined;
  let seconds = 0;
  for (const [, amount, unit] of found[2].matchAll(/(\d+(?:\.\d*)?)(ns|us|µs|ms|s|m|h)/g)) seconds += Number(amount) * UNITS[unit];
  const sign = found[1] === '-' && seconds !== 0 ? '-' : '';
  if (seconds === 0) return '0s';
  if (seconds < 1e-6) return `${sign}${+(seconds * 1e9).toFixed(0)}ns`;
  if (seconds < 1e-3) return `${sign}${+(seconds * 1e6).toFixed(3)}µs`;
  if (seconds < 1) return `${sign}${+(seconds * 1e3).toFixed(6)}ms`;
  const [hours, minutes, rest] = [Math.floor(seconds / 3600), Math.floor(seconds / 60) % 60, +(seconds % 60).toFixed(9)];
  return `${sign}${hours ? `${hours}h` : ''}${hours || minutes ? `${minutes}m` : ''}${rest}s`;
}
