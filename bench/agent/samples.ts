import { median, Measure, print, rounded } from '../measure';

interface Series {
  readonly case: string;
  readonly unit: Measure['unit'];
  readonly values: number[];
  readonly baseline?: string;
  readonly baselineValues: number[];
}

/** What was measured, by case; printed at the end. */
export class Samples {
  private readonly series = new Map<string, Series>();

  constructor(private readonly bench: string) {}

  public add(name: string, unit: Measure['unit'], value: number): void {
    this.of(name, unit).values.push(value);
  }

  /** With what somebody else took for the same, right before or after. */
  public beside(name: string, unit: Measure['unit'], value: number, baseline: string, baselineValue: number): void {
    const series = this.of(name, unit, baseline);
    series.values.push(value);
    series.baselineValues.push(baselineValue);
  }

  /** One line a case: the median, and of short times the slowest too. */
  public print(): void {
    for (const { case: name, unit, values, baseline, baselineValues } of this.series.values()) {
      const common = { bench: this.bench, case: name, unit, n: values.length };
      print({
        ...common, value: rounded(median(values)),
        ...(baseline === undefined ? {} : {
          baseline, baselineValue: rounded(median(baselineValues)), ratio: rounded(median(values.map((value, i) => value / baselineValues[i]))),
        }),
      });
      if (unit === 'ms' && values.length >= 10) {
        print({ ...common, case: `${name}, the slowest`, value: rounded(Math.max(...values)) });
      }
    }
  }

  private of(name: string, unit: Measure['unit'], baseline?: string): Series {
    const key = `${name}/${unit}/${baseline ?? ''}`;
    const known = this.series.get(key) ?? { case: name, unit, values: [], baseline, baselineValues: [] };
    this.series.set(key, known);
    return known;
  }
}
