/** One family of metrics, as Prometheus would take it. */
export interface Family {
  readonly name: string;
  readonly type: string;
  readonly help: string;
  /** By the labels as they are written, without braces; of histograms with the suffix before: `_sum outcome="applied"`. */
  readonly samples: Map<string, number>;
}

const NAME = '[a-zA-Z_:][a-zA-Z0-9_:]*';
const LABEL = '[a-zA-Z_][a-zA-Z0-9_]*="(?:[^"\\\\\\n]|\\\\[\\\\"n])*"';
// Numbers are those of Go's ParseFloat; prom-client writes `Nan` for a mean of nothing.
const SAMPLE = new RegExp(`^(${NAME})(?:\\{((?:${LABEL}(?:,${LABEL})*)?)\\})? ([Nn]a[Nn]|[+-]Inf|-?[0-9.]+(?:e[+-]?[0-9]+)?)$`);

/**
 * Reads Prometheus' text format 0.0.4, and throws at everything that it does not allow: a sample without its family, a family told twice, a series
 * told twice, a histogram whose buckets are not cumulative.
 */
export function parseExposition(text: string): Map<string, Family> {
  const families = new Map<string, Family>();
  if (!text.endsWith('\n')) {
    throw new Error('the last line does not end');
  }
  let current: Family | undefined;
  let help: RegExpExecArray | undefined;
  for (const line of text.split('\n').filter(each => each !== '')) {
    const helpLine = new RegExp(`^# HELP (${NAME}) (.+)$`).exec(line);
    const typeLine = new RegExp(`^# TYPE (${NAME}) (counter|gauge|histogram|summary|untyped)$`).exec(line);
    if (helpLine) {
      help = helpLine;
    } else if (typeLine) {
      const [, name, type] = typeLine;
      if (help?.[1] !== name || families.has(name)) {
        throw new Error(`the family ${name} has no help, or is told twice`);
      }
      current = { name, type, help: help[2], samples: new Map() };
      families.set(name, current);
    } else {
      const [, name, labels, value] = SAMPLE.exec(line) ?? [];
      const suffix = current && name?.startsWith(current.name) ? name.slice(current.name.length) : undefined;
      if (!current || suffix === undefined || !(suffix === '' ? current.type !== 'histogram' : current.type === 'histogram' && /^_(bucket|sum|count)$/.test(suffix))) {
        throw new Error(`not a sample of ${current?.name}: ${line}`);
      }
      const key = `${suffix}${suffix && labels ? ' ' : ''}${labels ?? ''}`;
      if (current.samples.has(key)) {
        throw new Error(`told twice: ${line}`);
      }
      current.samples.set(key, Number(value.replace('Inf', 'Infinity')));
    }
  }
  families.forEach(checkFamily);
  return families;
}

function checkFamily({ name, type, samples: all }: Family): void {
  // https://prometheus.io/docs/practices/naming/; `process_…` and `nodejs_…` are not ours.
  if (name.startsWith('flotilla_') && (type === 'counter') !== name.endsWith('_total')) {
    throw new Error(`${name} is a ${type}`);
  }
  const last = new Map<string, number>();
  for (const [key, value] of all) {
    if (key.startsWith('_bucket')) {
      const series = key.replace(/,?le="[^"]*",?/, '');
      if (value < (last.get(series) ?? 0)) {
        throw new Error(`${name} is not cumulative at ${key}`);
      }
      last.set(series, value);
    }
  }
}

/** The samples of one family, as an object; empty when there is no such family. */
export function samples(text: string, name: string): Record<string, number> {
  return Object.fromEntries(parseExposition(text).get(name)?.samples ?? []);
}
