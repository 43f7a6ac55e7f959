import type { View } from './view';
import { formatGroupKind, formatIdentity, ObjectIdentity } from '../../tree/manifest';
import { belongsTo } from '../applyset';
import type { Readiness } from '../context';
import { isReadyAtOnce, ObjectState } from '../readiness';

/** How ready objects are, by what is known of the cluster. Nobody waits: when it changes, the application runs once more. */
export class ViewReadiness implements Readiness {
  constructor(private readonly view: View) {}

  public async read(ids: readonly ObjectIdentity[], setId: string): Promise<readonly ObjectState[]> {
    return this.statesOf(ids, setId);
  }

  public async wait(ids: readonly ObjectIdentity[], setId: string): Promise<readonly ObjectState[]> {
    return this.statesOf(ids, setId);
  }

  public statesOf(ids: readonly ObjectIdentity[], setId: string): ObjectState[] {
    return ids.map(id => this.stateOf(id, setId));
  }

  private stateOf(id: ObjectIdentity, setId: string): ObjectState {
    const key = formatIdentity(id);
    const seen = this.view.live.get(key);
    if (!seen || !belongsTo(seen, setId)) {
      return this.view.unknown.has(formatGroupKind(id))
        ? { key, ready: false, failed: false, unreadable: true, message: 'it may not be read' }
        : { key, ready: false, failed: false, message: 'is missing' };
    }
    return isReadyAtOnce(formatGroupKind(id)) ? { key, ready: true, failed: false } : { key, ...seen.state ?? { ready: false, failed: false } };
  }
}
