import { InvalidArgumentError, Option } from 'commander';
import type { Io } from './io';
import { emitYaml } from '../yaml/emit';

export type Format = 'text' | 'json' | 'yaml';

/** `-o` of every command. */
export function outputOption(): Option {
  return new Option('-o, --format <format>', 'how to print the result').choices(['text', 'json', 'yaml']).default('text');
}

/** Prints a result: as data, or as the text that `text` makes of it. */
export function print<T>(io: Io, format: Format, data: T, text: (data: T) => string): void {
  if (format === 'json') {
    io.out(`${JSON.stringify(data, undefined, 2)}\n`);
  } else if (format === 'yaml') {
    io.out(emitYaml(JSON.parse(JSON.stringify(data))));
  } else {
    io.out(text(data));
  }
}

/** `90s`, `5m`, `1h`: milliseconds. */
export function parseDuration(text: string): number {
  const match = /^(\d+(?:\.\d+)?)(ms|s|m|h)$/.exec(text);
  if (!match) {
    throw new InvalidArgumentError('It is a number with a unit: 90s, 5m, 1h.');
  }
  const unit = { ms: 1, s: 1000, m: 60_000, h: 3_600_000 }[match[2]] ?? 1;
  return Number(match[1]) * unit;
}

/** Whole number from 1. */
export function parseCount(text: string): number {
  if (!/^[1-9]\d{0,5}$/.test(text)) {
    throw new InvalidArgumentError('It is a whole number from 1.');
  }
  return Number(text);
}

/** Rows as aligned columns. */
export function table(
  header: readonly string[], rows: readonly (readonly string[])[], colors?: (cell: string, column: number, row: readonly string[]) => string,
): string {
  const widths = header.map((title, column) => Math.max(title.length, ...rows.map(row => row[column].length)));
  const line = (row: readonly string[], paint: (cell: string, column: number) => string) => row
    .map((cell, column) => paint(cell, column) + (column === row.length - 1 ? '' : ' '.repeat(widths[column] - cell.length)))
    .join('   ').trimEnd();
  return [line(header, cell => cell), ...rows.map(row => line(row, (cell, column) => colors?.(cell, column, row) ?? cell))].map(each => `${each}\n`).join('');
}

/** `1 object`, `3 objects`. */
export function count(n: number, noun: string, plural = `${noun}s`): string {
  return `${n} ${n === 1 ? noun : plural}`;
}
