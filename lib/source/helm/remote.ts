import { FlotillaError } from '../../errors';
import { HelmRequest } from '../request';

const EXACT = /^v?\d+\.\d+\.\d+(?:-[0-9A-Za-z.-]+)?(?:\+[0-9A-Za-z.-]+)?$/;

/** Whether a chart has to be fetched. */
export function isRemote({ chart, repository }: HelmRequest): boolean {
  return repository !== undefined || chart.startsWith('oci://');
}

/** Refuses a chart that may be another one tomorrow, with FLT2108. */
export function checkRemoteChart({ chart, repository, version }: HelmRequest): void {
  const pinnedByDigest = chart.startsWith('oci://') && /@sha256:[0-9a-f]{64}$/.test(chart);
  if (!pinnedByDigest && (version === undefined || !EXACT.test(version))) {
    throw new FlotillaError('FLT2108', {
      what: `the chart ${chart}${repository === undefined ? '' : ` of ${repository}`} has ${version === undefined ? 'no version' : `the version ${JSON.stringify(version)}, which may be another one tomorrow`}`,
      fix: 'give it an exact `version`, such as 4.15.1',
    });
  }
  if (repository !== undefined && !/^https?:\/\//i.test(repository)) {
    throw new FlotillaError('FLT2108', {
      what: `the repository ${JSON.stringify(repository)} of the chart ${chart} is no URL`,
      fix: 'write the URL of the repository, with `https://`; a chart of a registry is one name, `oci://registry.example/charts/web`',
    });
  }
}
