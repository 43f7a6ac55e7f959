import { ErrorLocation, FlotillaError } from '../errors';

/** A version that no Kubernetes could have. */
export function checkKubernetesVersion(version: unknown, whose: string, where: ErrorLocation): FlotillaError[] {
  return typeof version === 'string' && /^1\.\d{1,3}(\.\d{1,3})?$/.test(version) ? [] : [new FlotillaError('FLT2325', {
    what: `the \`kubernetesVersion\` of ${whose} is ${JSON.stringify(version)}`, where, fix: "write it as '1.36' or '1.36.2'",
  })];
}
