import { ErrorLocation, FlotillaError } from '../errors';
import { AnyApplication, Application } from './application';
import { checkNamespace } from './check-fleet';
import { checkOverlay, OverlayContext } from './check-overlay';
import { checkRules } from './check-rules';
import { checkSelector } from './check-selector';
import { checkPlainValues } from './check-values';
import { describeNameRule, isDnsLabel, isDnsSubdomain } from './dns-label';
import { isMap } from './values';

/** What is wrong with an application and its overlays. */
export function checkApplication(application: AnyApplication, clusters: ReadonlySet<string>): FlotillaError[] {
  const { fleet, name } = application;
  const where: ErrorLocation = { construct: application.node.path, source: application.source, application: name };
  const values = checkPlainValues(application.values, `the values of the application '${name}'`, where);
  const context: OverlayContext = { fleet, clusters, applications: [], values: application.values, compareValues: values.length === 0, application: name };
  return [
    ...checkContent(application, where),
    ...checkNamespace(application.namespace, where),
    ...checkSelector(fleet, clusters, application.placement, where),
    ...checkDependencies(application, where),
    ...checkPrune(application, where),
    ...checkServiceAccount(application, where),
    ...checkRules(application, `the application '${name}'`, where),
    ...values,
    ...application.overlays.flatMap(overlay => checkOverlay(overlay, context)),
  ];
}

function checkContent({ name, render, sources }: AnyApplication, where: ErrorLocation): FlotillaError[] {
  if (render !== undefined ? typeof render === 'function' : sources !== undefined) {
    return [];
  }
  return [new FlotillaError('FLT1018', {
    what: `the application '${name}' has ${render === undefined ? 'neither `sources` nor a function `render`' : 'a `render` that is no function'}`,
    where,
    fix: 'create its objects in `render: (chart, values, target) => { … }`, or name where they come from in `sources: […]`',
  })];
}

function checkDependencies(application: AnyApplication, where: ErrorLocation): FlotillaError[] {
  const wrong = (what: string) => new FlotillaError('FLT1014', { what, where, fix: 'depend on Applications of the same Fleet' });
  try {
    return application.node.dependencies
      .filter(dependency => !(dependency instanceof Application) || dependency.fleet !== application.fleet)
      .map(dependency => wrong(`the application '${application.name}' depends on ${dependency.node.path || 'the root of another tree'}, which is no application of its fleet`));
  } catch {
    // `constructs` throws when it is asked for dependencies that are no constructs.
    return [wrong(`the application '${application.name}' depends on something that is not a construct`)];
  }
}

function checkServiceAccount({ name, serviceAccount }: AnyApplication, where: ErrorLocation): FlotillaError[] {
  if (serviceAccount === undefined) {
    return [];
  }
  const wrong = (what: string, fix: string) => [new FlotillaError('FLT1022', { what: `the \`serviceAccount\` of the application '${name}' ${what}`, where, fix })];
  const { name: account, namespace } = isMap(serviceAccount) ? serviceAccount as { name?: unknown; namespace?: unknown } : {};
  if (!isDnsSubdomain(account)) {
    return wrong(`has no valid name: ${JSON.stringify(isMap(serviceAccount) ? account ?? null : serviceAccount)}`,
      "write it as `'deployer'`, or as `{ name: 'deployer', namespace: 'shop' }`, with the name of a ServiceAccount");
  }
  if (namespace === undefined) {
    return wrong('is in no namespace: neither it nor the application names one', "write it as `{ name: 'deployer', namespace: 'shop' }`, or give the application a `namespace`");
  }
  return isDnsLabel(namespace) ? [] : wrong(`is in the namespace ${JSON.stringify(namespace)}, which is not a DNS label`, `use ${describeNameRule}`);
}

function checkPrune({ name, prune }: AnyApplication, where: ErrorLocation): FlotillaError[] {
  const { enabled, budget } = prune as { enabled?: unknown; budget?: unknown };
  const wrong = (what: string, fix: string) => new FlotillaError('FLT1013', { what, where, fix });
  return [
    ...enabled === undefined || typeof enabled === 'boolean' ? [] : [wrong(`\`prune.enabled\` of the application '${name}' is ${JSON.stringify(enabled)}`, 'set it to true or false')],
    ...budget === undefined || (Number.isInteger(budget) && Number(budget) >= 0 && Number(budget) <= 100) ? []
      : [wrong(`\`prune.budget\` of the application '${name}' is ${JSON.stringify(budget)}`, 'set it to a share in per cent, a whole number from 0 to 100')],
  ];
}
