import { AnyApplication } from '../model/application';
import { HealthRule } from '../rules/health-rule';
import { IgnoreRule } from '../rules/ignore-rule';
import { concerns } from '../rules/match';
import { groupOf, Manifest } from '../tree/manifest';

/** The health rules of a target, one a kind, sorted: those of the application, and those of the fleet for other kinds that are rendered. */
export function healthOf(application: AnyApplication, manifests: readonly Manifest[]): HealthRule[] {
  const rules = new Map<string, HealthRule>();
  for (const rule of [...rendered(application.fleet.health as readonly HealthRule[], manifests), ...application.health]) {
    rules.set(JSON.stringify([rule.kind, rule.group]), rule);
  }
  return sorted([...rules].map(([key, rule]) => [key, plain(rule)]));
}

/** The fields that a target leaves to others, sorted: those of the application, and those of the fleet for objects that are rendered. */
export function ignoreOf(application: AnyApplication, manifests: readonly Manifest[]): IgnoreRule[] {
  const rules = new Map<string, IgnoreRule>();
  for (const rule of [...rendered(application.fleet.ignore as readonly IgnoreRule[], manifests), ...application.ignore]) {
    const key = JSON.stringify([rule.kind, rule.group, rule.name]);
    rules.set(key, { ...plain(rule), fields: [...new Set([...rules.get(key)?.fields ?? [], ...rule.fields])].sort() });
  }
  return sorted([...rules]);
}

/** A rule of the fleet is nothing to the Delivery of an application without such objects: it would only change its revision. */
function rendered<R extends Parameters<typeof concerns>[0]>(rules: readonly R[], manifests: readonly Manifest[]): R[] {
  return rules.filter(rule => manifests.some(({ apiVersion, kind, metadata }) => (
    concerns(rule, { group: groupOf(String(apiVersion)), kind, name: String(metadata?.name) })
  )));
}

/** What is `undefined` cannot be written. */
function plain<R extends object>(rule: R): R {
  return Object.fromEntries(Object.entries(rule).filter(([, value]) => value !== undefined)) as R;
}

/** By code unit: a locale would sort differently on another machine. */
function sorted<R>(rules: readonly (readonly [string, R])[]): R[] {
  return [...rules].sort(([a], [b]) => a < b ? -1 : 1).map(([, rule]) => rule);
}
