import type { Io } from './io';
import { count, table } from './output';
import type { ExplainedField, Explanation, Maker, Step } from '../explain/explanation';
import { formatIdentity } from '../tree/manifest';

/** Longer values are cut: the whole is in `-o json`. */
const MAX_VALUE = 60;

/** What the text shows. */
export interface ExplainView {
  /** The chain of each field, and not just a line. */
  readonly chains: boolean;
  /** Fields that no overlay touched, too. */
  readonly all: boolean;
}

/** An explanation as text: the object, then its fields with what set them. */
export function explanationText(io: Io, explanation: Explanation, { chains, all }: ExplainView): string {
  const touched = explanation.fields.filter(({ steps }) => steps.some(({ by }) => by === 'overlay'));
  const shown = all || chains ? explanation.fields : touched;
  const body = chains ? chainsText(io, shown) : tableText(io, shown);
  const rest = explanation.fields.length - shown.length;
  const { madeBy } = explanation;
  const removed = explanation.removedBy;
  return [
    `${io.colors.bold(formatIdentity(explanation.object))} of ${explanation.application} on ${explanation.cluster}`,
    `${removed ? `not committed: removed by ${makerText(removed)}` : explanation.file}`,
    `made by ${makerText(madeBy)}`,
    ...explanation.addedBy ? [`there because of ${makerText(explanation.addedBy)}`] : [],
    '',
    ...body === '' ? [] : [body],
    ...rest > 0 ? [`${touched.length > 0 ? `${count(rest, 'more field')}` : `no overlay touched it: ${count(rest, 'field')}`} as ${madeBy.name} made ${rest === 1 ? 'it' : 'them'}`
      + `${madeBy.site === undefined ? '' : ` (${madeBy.site})`}; --all shows them`, ''] : [],
  ].join('\n');
}

function tableText({ colors }: Io, fields: readonly ExplainedField[]): string {
  const rows = fields.map(field => {
    const last = field.steps[field.steps.length - 1];
    return [field.path, 'value' in field ? value(field.value) : '(removed)', kindOf(last), last.name, last.site ?? ''];
  });
  return rows.length === 0 ? '' : table(['FIELD', 'VALUE', 'SET BY', '', 'LINE'], rows, (cell, column) => (column === 0 ? colors.bold(cell) : cell));
}

function chainsText({ colors }: Io, fields: readonly ExplainedField[]): string {
  return fields.map(field => {
    const head = `${colors.bold(field.path)}${field.order ? ' (order)' : ''} ${'value' in field ? `= ${value(field.value)}` : 'was removed'}\n`;
    const rows = field.steps.flatMap((step, i) => [
      [kindOf(step), step.name, step.site ?? '', changeText(step, i === 0)],
      ...(step.together ?? []).map(other => ['  with', other.name, other.site ?? '', '']),
    ]);
    const widths = [0, 1, 2].map(column => Math.max(...rows.map(row => row[column].length)));
    return head + rows.map(row => `  ${row.map((cell, column) => cell.padEnd(widths[column] ?? 0)).join('   ')}`.trimEnd() + '\n').join('');
  }).join('\n');
}

function kindOf(step: Step): string {
  return step.by === 'overlay' && step.change ? step.change : step.by;
}

function changeText(step: Step, first: boolean): string {
  if (!('before' in step)) {
    return 'after' in step ? value(step.after) : first ? 'not set' : '';
  }
  return `${value(step.before)} → ${'after' in step ? value(step.after) : '(removed)'}`;
}

function makerText({ name, site }: Maker): string {
  return site === undefined ? name : `${name} (${site})`;
}

function value(any: unknown): string {
  const text = JSON.stringify(any) ?? '';
  return text.length > MAX_VALUE ? `${text.slice(0, MAX_VALUE)}…` : text;
}
