import { ChartReference, Environment, readChart } from './read-chart';
import { typeOfSchema } from './schema-type';
import { typeOfValues } from './values-type';
import { OPEN, ObjectNode } from '../type-node';
import { writeInterface } from '../write-type';

/** A TypeScript file with the type of a chart's values. */
export interface ImportedValues {
  /** Name of the interface: `IngressNginxValues`. */
  readonly name: string;
  /** Where the type comes from. */
  readonly from: 'values.schema.json' | 'values.yaml';
  readonly text: string;
}

/**
 * Writes the type of the values of a chart: from its schema or, failing that, from its defaults and the comments there.
 *
 * @param cwd The folder that paths are relative to.
 * @param env What helm finds in its environment beside that of this process.
 * @throws FLT2501 when there is no chart, FLT2502 when helm is missing or cannot pull it, FLT2503 for a schema that is not JSON,
 * FLT3002 for YAML that cannot be read.
 */
export function importHelm(reference: ChartReference, cwd: string, env: Environment = {}): ImportedValues {
  const { name: chart, version, values, schema, dependencies } = readChart(reference, cwd, env);
  const name = `${pascalCase(chart)}Values`;
  const fromSchema = schema === undefined ? undefined : typeOfSchema(schema);
  const node: ObjectNode = fromSchema === undefined ? typeOfValues(values, `${chart}/values.yaml`, [...new Set([...dependencies, 'global'])])
    : fromSchema.kind === 'object' ? fromSchema : OPEN;
  const from = schema === undefined ? 'values.yaml' : 'values.schema.json';
  const head = `// Written by \`flotilla import helm\` from ${from} of the chart ${chart} ${version}. Write it again after an update of the chart rather than edit it.\n/* eslint-disable */\n\n`;
  return { name, from, text: head + writeInterface(name, node, `Values of the chart ${chart} ${version}. \`null\` takes a default of the chart away.`) };
}

/** `ingress-nginx` as `IngressNginx`. */
export function pascalCase(text: string): string {
  const words = text.split(/[^A-Za-z0-9]+/).filter(word => word !== '').map(word => word[0].toUpperCase() + word.slice(1)).join('');
  return /^[0-9]/.test(words) || words === '' ? `Chart${words}` : words;
}
