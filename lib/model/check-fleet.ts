import { ErrorLocation, FlotillaError } from '../errors';
import { checkKubernetesVersion } from './check-kubernetes-version';
import { checkRules } from './check-rules';
import { CHECKS, isCheckName } from './checks';
import { describeNameRule, isDnsLabel } from './dns-label';
import { AnyFleet } from './fleet';
import { isLabelName, isLabelValue, RESERVED_LABELS } from './labels';
import { suggest } from './suggest';
import { isMap } from './values';

/** What is wrong with the fleet's own settings. */
export function checkFleet(fleet: AnyFleet): FlotillaError[] {
  const where: ErrorLocation = { construct: fleet.node.path, source: fleet.source };
  return [
    ...checkEnvironments(fleet, where),
    ...checkVocabulary(fleet, where),
    ...checkKinds(fleet, where),
    ...checkNamespace(fleet.namespace, where),
    ...checkRules(fleet, `the fleet '${fleet.name}'`, where),
    ...checkLevels(fleet.checks, where),
    ...checkKubernetesVersion(fleet.kubernetesVersion, `the fleet '${fleet.name}'`, where),
  ];
}

/** A namespace that no object could have. */
export function checkNamespace(namespace: unknown, where: ErrorLocation): FlotillaError[] {
  return namespace === undefined || isDnsLabel(namespace) ? [] : [new FlotillaError('FLT1016', {
    what: `the namespace ${JSON.stringify(namespace)} is not a DNS label`, where, fix: `use ${describeNameRule}`,
  })];
}

function checkEnvironments(fleet: AnyFleet, where: ErrorLocation): FlotillaError[] {
  const environments: unknown = fleet.environments;
  if (!Array.isArray(environments) || environments.length === 0) {
    return [new FlotillaError('FLT1008', {
      what: `the fleet '${fleet.name}' has no environments`, where, fix: "list them in the order of promotion: `environments: ['dev', 'prod']`",
    })];
  }
  const errors = environments.filter(name => !isDnsLabel(name)).map(name => new FlotillaError('FLT1001', {
    what: `the environment name ${JSON.stringify(name)} is not a DNS label`, where, fix: `use ${describeNameRule}`,
  }));
  const twice = environments.find((name, index) => environments.indexOf(name) !== index);
  if (twice !== undefined) {
    errors.push(new FlotillaError('FLT1008', {
      what: `the environment ${JSON.stringify(twice)} is listed twice`, where, fix: 'list each environment once, in the order of promotion',
    }));
  }
  return errors;
}

function checkVocabulary(fleet: AnyFleet, where: ErrorLocation): FlotillaError[] {
  const wrong = (what: string, fix: string) => new FlotillaError('FLT1008', { what, where, fix });
  const vocabulary: unknown = fleet.labels;
  if (!isMap(vocabulary)) {
    return [wrong('`labels` of the fleet is not a map', "write it as `{ region: ['eu-west-1'] }`")];
  }
  return Object.entries(vocabulary).flatMap(([label, values]) => {
    if ((RESERVED_LABELS as readonly string[]).includes(label)) {
      return [wrong(`'${label}' cannot be a label: it means something else in a selector`, 'give the label another name')];
    }
    if (!isLabelName(label)) {
      return [wrong(`'${label}' cannot be the name of a label`, 'use letters, digits, `-`, `_` and `.`, 63 at most, as in the labels of Kubernetes')];
    }
    if (!Array.isArray(values)) {
      return [wrong(`the values of the label '${label}' are not a list`, `list them: \`${label}: ['one', 'other']\``)];
    }
    return values.filter(value => !isLabelValue(value)).map(value => wrong(
      `${JSON.stringify(value)} cannot be a value of the label '${label}'`, 'use a string of letters, digits, `-`, `_` and `.`, 63 at most, as in the labels of Kubernetes',
    ));
  });
}

function checkKinds(fleet: AnyFleet, where: ErrorLocation): FlotillaError[] {
  const isKind = (kind: unknown) => typeof kind === 'string' && /^[A-Z][A-Za-z0-9]*\.[a-z0-9.-]+$/.test(kind);
  return fleet.clusterScopedKinds.filter(kind => !isKind(kind)).map(kind => new FlotillaError('FLT1008', {
    what: `${JSON.stringify(kind)} in \`clusterScopedKinds\` is not a kind with its group`, where, fix: 'write it as `ClusterIssuer.cert-manager.io`',
  }));
}

function checkLevels(checks: unknown, where: ErrorLocation): FlotillaError[] {
  const wrong = (what: string) => new FlotillaError('FLT2322', {
    what, where, fix: `write it as \`{ 'missing-reference': 'error' }\`; there are ${Object.keys(CHECKS).join(', ')}`,
  });
  if (!isMap(checks)) {
    return [wrong('`checks` of the fleet is not a map')];
  }
  return Object.entries(checks).flatMap(([name, level]) => {
    if (!isCheckName(name)) {
      return [wrong(`'${name}' in \`checks\` is no check${suggest(name, Object.keys(CHECKS))}`)];
    }
    return level === undefined || ['error', 'warning', 'off'].includes(level as string) ? [] : [wrong(`the level of the check '${name}' is ${JSON.stringify(level)}`)];
  });
}
