import { HelmJob } from './job';
import { FlotillaError } from '../../errors';
import { maskCredentials } from '../../git/mask';

/** FLT2104: what helm says, what it was given, and what to do about it. */
export function chartFailed({ request }: HelmJob, message: string, values: string | undefined): FlotillaError {
  const files = [...request.valuesFiles, ...(values ? [values] : [])];
  return new FlotillaError('FLT2104', {
    what: `helm cannot render the chart ${request.chart} as release '${request.releaseName}'${request.valuesFiles.length > 0 ? ` with ${request.valuesFiles.join(', ')}` : ''}`,
    where: request.valuesFiles.length > 0 ? { file: request.valuesFiles.join(', ') } : {},
    cause: maskCredentials(message) || 'helm said nothing',
    fix: `${fixOf(message, request.chart, request.kubeVersion)}${files.length > 0 ? ` (the values: ${files.join(', ')})` : ''}`,
  });
}

function fixOf(message: string, chart: string, kubeVersion: string): string {
  if (/missing in charts\/ directory/.test(message)) {
    return `run \`helm dependency build ${chart}\` and commit its folder \`charts\``;
  }
  if (/don't meet the specifications of the schema/.test(message)) {
    return 'correct the values that helm names: values.schema.json of the chart does not allow them';
  }
  if (/incompatible with Kubernetes/.test(message)) {
    return `use a version of the chart for Kubernetes ${kubeVersion}, or correct \`kubernetesVersion\` of the cluster`;
  }
  if (/Chart\.yaml file is missing/.test(message)) {
    return 'name the folder that holds the Chart.yaml';
  }
  return 'correct the values, or the template that helm names';
}
