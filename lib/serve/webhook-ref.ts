/** Headers that name the event, and the values that can mean a push. */
const EVENTS: readonly (readonly [header: string, pushes: readonly string[]])[] = [
  ['x-github-event', ['push', 'create']], // Forgejo, Gitea and Gogs send it too
  ['x-gitlab-event', ['Push Hook', 'System Hook']],
  ['x-event-key', ['repo:push', 'repo:refs_changed', 'mirror:repo_synchronized']], // Bitbucket
];

/** Whether the headers say that something else happened than a push: a ping, a comment. */
export function isOtherEvent(header: (name: string) => string | undefined): boolean {
  return EVENTS.some(([name, pushes]) => {
    const value = header(name);
    return value !== undefined && !pushes.includes(value);
  });
}

/**
 * The branches and tags that a push speaks of, as they are written: `refs/heads/live`, `live`.
 *
 * Empty when the body is none that we know: then anything may have been pushed.
 */
export function refsOf(body: unknown): string[] {
  const { ref, push, changes, resource } = record(body);
  const found = [
    ref, // GitHub, GitLab, Gitea, Forgejo, Gogs
    ...list(record(push).changes).flatMap(change => [record(record(change).new).name, record(record(change).old).name]), // Bitbucket Cloud
    ...list(changes).map(change => record(record(change).ref).id), // Bitbucket Data Center
    ...list(record(resource).refUpdates).map(update => record(update).name), // Azure DevOps
  ];
  return found.filter(each => typeof each === 'string' && each !== '') as string[];
}

/** Whether a push concerns the branch; one that names nothing does. */
export function concerns(refs: readonly string[], branch: string): boolean {
  return refs.length === 0 || refs.some(ref => ref === branch || ref === `refs/heads/${branch}`);
}

function record(value: unknown): Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null ? value as Record<string, unknown> : {};
}

function list(value: unknown): readonly unknown[] {
  return Array.isArray(value) ? value : [];
}
