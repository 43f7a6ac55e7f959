/** What a rule of a Role or ClusterRole allows, as it is written there. */
export interface PolicyRule {
  readonly verbs?: readonly string[];
  readonly apiGroups?: readonly string[];
  /** `pods`, `pods/log`, `*` or, for a subresource of any kind, a star before it. */
  readonly resources?: readonly string[];
  readonly resourceNames?: readonly string[];
  readonly nonResourceURLs?: readonly string[];
}

/** What somebody wants to do to an object or a collection. */
export interface ResourceAttributes {
  readonly verb: string;
  /** Empty for the core group. */
  readonly group: string;
  readonly resource: string;
  readonly subresource?: string;
  readonly namespace?: string;
  readonly name?: string;
}

/** What somebody wants to do with a path that is none of a resource: `/healthz`. */
export interface PathAttributes {
  readonly verb: string;
  readonly path: string;
}

const NONE: readonly string[] = [];

export function allowsResource(rule: PolicyRule, { verb, group, resource, subresource, name }: ResourceAttributes): boolean {
  return hasOrAll(rule.verbs, verb) && hasOrAll(rule.apiGroups, group) && allowsKind(rule.resources ?? NONE, resource, subresource)
    && (!rule.resourceNames?.length || (name !== undefined && rule.resourceNames.includes(name)));
}

export function allowsPath(rule: PolicyRule, { verb, path }: PathAttributes): boolean {
  return hasOrAll(rule.verbs, verb) && (rule.nonResourceURLs ?? NONE).some(url => coversPath(url, path));
}

/** The rules of the second list, each cut to one verb of one resource, that no rule of the first allows. */
export function findMissingRules(held: readonly PolicyRule[], asked: readonly PolicyRule[]): PolicyRule[] {
  return asked.flatMap(breakDown).filter(rule => !held.some(owner => covers(owner, rule)));
}

/** As the server writes rules into a message: verbs of one resource in one line, sorted. */
export function describeRules(rules: readonly PolicyRule[]): string {
  const simple = new Map<string, PolicyRule & { verbs: readonly string[] }>();
  const lines: PolicyRule[] = [];
  for (const rule of rules) {
    if (rule.nonResourceURLs) {
      lines.push(rule);
      continue;
    }
    const key = JSON.stringify([rule.apiGroups, rule.resources, rule.resourceNames]);
    simple.set(key, { ...rule, verbs: [...simple.get(key)?.verbs ?? [], ...rule.verbs ?? []] });
  }
  return [...new Set([...lines, ...simple.values()].map(describe))].sort().join('\n');
}

function describe(rule: PolicyRule): string {
  const parts: [string, readonly string[] | undefined][] = [
    ['APIGroups', rule.apiGroups], ['Resources', rule.resources], ['NonResourceURLs', rule.nonResourceURLs], ['ResourceNames', rule.resourceNames], ['Verbs', rule.verbs],
  ];
  return `{${parts.filter(([, list]) => list?.length).map(([name, list]) => `${name}:${quoteAll(list!)}`).join(', ')}}`;
}

/** A list as Go quotes it: `["a" "b"]`. */
export function quoteAll(list: readonly string[]): string {
  return `[${list.map(item => JSON.stringify(item)).join(' ')}]`;
}

function breakDown({ apiGroups = NONE, resources = NONE, verbs = NONE, resourceNames = NONE, nonResourceURLs = NONE }: PolicyRule): PolicyRule[] {
  const names = resourceNames.length > 0 ? resourceNames.map(name => ({ resourceNames: [name] })) : [{}];
  return [
    ...apiGroups.flatMap(group => resources.flatMap(resource => verbs.flatMap(verb => (
      names.map(name => ({ apiGroups: [group], resources: [resource], verbs: [verb], ...name }))
    )))),
    ...nonResourceURLs.flatMap(url => verbs.map(verb => ({ nonResourceURLs: [url], verbs: [verb] }))),
  ];
}

/** The second has one verb, and one resource or one path. */
function covers(owner: PolicyRule, { verbs, apiGroups = NONE, resources = NONE, resourceNames = NONE, nonResourceURLs = NONE }: PolicyRule): boolean {
  return hasOrAll(owner.verbs, verbs![0])
    && apiGroups.every(group => hasOrAll(owner.apiGroups, group))
    && resources.every(resource => coversResource(owner.resources ?? NONE, resource))
    && nonResourceURLs.every(path => (owner.nonResourceURLs ?? NONE).some(url => coversPath(url, path)))
    && (!owner.resourceNames?.length || (resourceNames.length > 0 && resourceNames.every(name => owner.resourceNames!.includes(name))));
}

function coversResource(owned: readonly string[], resource: string): boolean {
  const slash = resource.indexOf('/');
  return owned.includes('*') || owned.includes(resource) || (slash >= 0 && owned.includes(`*${resource.slice(slash)}`));
}

function allowsKind(owned: readonly string[], resource: string, subresource?: string): boolean {
  return owned.some(one => one === '*' || (subresource ? one === `${resource}/${subresource}` || one === `*/${subresource}` : one === resource));
}

function coversPath(url: string, path: string): boolean {
  return url === '*' || url === path || (url.endsWith('*') && path.startsWith(url.replace(/\*+$/, '')));
}

function hasOrAll(list: readonly string[] | undefined, item: string): boolean {
  return list !== undefined && (list.includes('*') || list.includes(item));
}
