import { ErrorLocation, FlotillaError } from '../errors';
import { checkHealthRules, checkIgnoreRules } from '../rules/check-rules';

/** What is wrong with the rules of a fleet or an application: how to tell health, and what to leave to others. */
export function checkRules({ health, ignore }: { readonly health: unknown; readonly ignore: unknown }, owner: string, where: ErrorLocation): FlotillaError[] {
  return [
    ...checkHealthRules(health, { unknownFields: 'refused' }).map(({ at, what }) => new FlotillaError('FLT1020', {
      what: `\`health${at}\` of ${owner} ${what}`, where,
      fix: "write it as `{ kind: 'Gear', group: 'example.com', healthy: \"object.status.phase == 'Ready'\" }`",
    })),
    ...checkIgnoreRules(ignore, { unknownFields: 'refused' }).map(({ at, what }) => new FlotillaError('FLT1021', {
      what: `\`ignore${at}\` of ${owner} ${what}`, where,
      fix: "write it as `{ kind: 'Deployment', group: 'apps', fields: ['spec.replicas'] }`",
    })),
  ];
}
