import type { AgentEvent, RunEvent } from './events';

/** What people are told of an application by an Event of Kubernetes. */
export interface Notice {
  readonly application: string;
  readonly type: 'Normal' | 'Warning';
  readonly reason: 'Applied' | 'ApplyFailed' | 'DependencyNotReady' | 'DriftHealed' | 'Fighting' | 'Pruned' | 'PruneHeld' | 'Ready';
  readonly message: string;
}

/** What an application was told to be last. */
interface Told {
  revision?: string;
  ready?: boolean;
  /** The deletions that are held. */
  held?: string;
  blocked?: string;
}

/** So many objects are named in a message. */
const MAX_NAMES = 5;

/** Tells what is news for those who look at a Delivery: states when they change, and every change of objects. */
export class Notices {
  private readonly told = new Map<string, Told>();

  /** @param before what the cluster has been told by an earlier process, by application */
  constructor(before: Iterable<readonly [string, Told]> = []) {
    for (const [application, told] of before) {
      this.told.set(application, told);
    }
  }

  public of(event: AgentEvent): Notice[] {
    switch (event.type) {
      case 'run': return this.ofRun(event);
      case 'drift': {
        const { application, object, writer } = event;
        return [{ application, type: 'Normal', reason: 'DriftHealed', message: `put right ${object}, which ${writer === undefined ? 'somebody' : `'${writer}'`} had changed or deleted` }];
      }
      case 'fight': {
        const { application, object, writer } = event;
        return [{ application, type: 'Warning', reason: 'Fighting', message: `${writer === undefined ? 'somebody' : `'${writer}'`} keeps taking back ${object}; it is put right ever more seldom` }];
      }
      default: return [];
    }
  }

  private ofRun({ commit, result }: RunEvent): Notice[] {
    const { application, outcome, revision, ready, message, objects, errors, held } = result;
    const told: Told = this.told.get(application) ?? {};
    this.told.set(application, told);
    const notices: Notice[] = [];
    const say = (type: Notice['type'], reason: Notice['reason'], text: string): void => { notices.push({ application, type, reason, message: text }); };

    const blocked = outcome === 'blocked' ? message ?? '' : undefined;
    if (blocked !== undefined && told.blocked !== blocked) {
      say('Normal', 'DependencyNotReady', blocked);
    }
    if (outcome === 'failed') {
      const [first] = errors.flatMap(error => error.errors);
      // What the server says of a Secret may quote it.
      const why = first && (first.where.object?.startsWith('Secret/') ? `${first.where.object} (${first.code})` : `${first.what} (${first.code})`);
      say('Warning', 'ApplyFailed', [message, why].filter(Boolean).join(': '));
    }
    const done = outcome === 'applied' || outcome === 'unchanged';
    if (done && revision !== undefined && told.revision !== revision) {
      say('Normal', 'Applied', `applied revision ${revision.slice(0, 12)}${commit === undefined ? '' : ` of commit ${commit.slice(0, 12)}`}${ready ? ', and all is ready' : ''}`);
    } else if (done && ready && told.ready === false) {
      say('Normal', 'Ready', message ?? 'all objects are as committed and ready');
    }
    const pruned = objects.filter(({ action }) => action === 'pruned').map(({ object }) => object);
    if (pruned.length > 0) {
      say('Normal', 'Pruned', `pruned ${pruned.slice(0, MAX_NAMES).join(', ')}${pruned.length > MAX_NAMES ? ` and ${pruned.length - MAX_NAMES} others` : ''}`);
    }
    if (held && told.held !== held.digest) {
      say('Warning', 'PruneHeld', `${held.objects.length} deletions wait for an approval of ${held.digest}`);
    }
    Object.assign(told, { held: held?.digest, blocked, ready: ready === true, ...done ? { revision } : {} });
    return notices;
  }
}
