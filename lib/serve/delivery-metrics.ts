import type { AgentState, TargetState } from '../reconcile/agent/events';

interface Family {
  readonly name: string;
  readonly help: string;
  /** Undefined when there is nothing to tell. */
  readonly value: (target: TargetState) => number | undefined;
  /** Labels beside `cluster` and `application`. */
  readonly labels?: (target: TargetState) => string;
}

/** Of each delivery, one series of each. All are gauges. */
const FAMILIES: readonly Family[] = [
  { name: 'flotilla_delivery_ready', help: '1 when every object is as committed and ready, otherwise 0.', value: ({ ready }) => ready ? 1 : 0 },
  {
    name: 'flotilla_delivery_info', help: 'The revision that was last applied whole, and why the delivery is ready or not.',
    value: () => 1, labels: ({ revision, reason }) => `,revision="${escape(revision ?? '')}",reason="${escape(reason)}"`,
  },
  {
    name: 'flotilla_delivery_applied_timestamp_seconds', help: 'When the delivery was last applied whole, in seconds since 1970.',
    value: ({ appliedAt }) => finite(Date.parse(appliedAt ?? '') / 1000),
  },
  { name: 'flotilla_delivery_objects', help: 'Objects of the delivery.', value: ({ objects }) => finite(objects) },
  { name: 'flotilla_delivery_held_deletions', help: 'Deletions that wait for an approval.', value: ({ held }) => finite(held) },
];

/**
 * The gauges of each delivery in Prometheus' text format, made anew of the agent's state, so that what is gone leaves no series behind.
 *
 * It is written here and not by prom-client, which holds the process up for a second at ten thousand deliveries; drift has to be healed in less.
 *
 * @param each false: only the heads of the families, without a series
 */
export function formatDeliveries({ clusters }: AgentState, each: boolean): string {
  const series = each ? clusters.flatMap(({ cluster, targets }) => [...byName(targets)].map(target => ({
    target, labels: `cluster="${escape(cluster)}",application="${escape(target.application)}"`,
  }))) : [];
  const lines: string[] = [];
  for (const { name, help, value, labels: more } of FAMILIES) {
    lines.push(`# HELP ${name} ${help}`, `# TYPE ${name} gauge`);
    for (const { target, labels } of series) {
      const number = value(target);
      if (number !== undefined) {
        lines.push(`${name}{${labels}${more?.(target) ?? ''}} ${number}`);
      }
    }
  }
  return `${lines.join('\n')}\n`;
}

/** Prometheus refuses the whole answer when it holds a series twice. */
function byName(targets: readonly TargetState[]): Iterable<TargetState> {
  return new Map(targets.map(target => [target.application, target])).values();
}

/** https://prometheus.io/docs/instrumenting/exposition_formats/: backslashes, quotes and line ends of a label. */
function escape(text: string): string {
  return text.replace(/[\\"\n]/g, char => char === '\n' ? '\\n' : `\\${char}`);
}

function finite(value: number): number | undefined {
  return Number.isFinite(value) ? value : undefined;
}
