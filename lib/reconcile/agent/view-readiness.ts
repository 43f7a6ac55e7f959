import type { View } from './view';
import type { Views } from './views';
import { formatGroupKind, formatIdentity, ObjectIdentity } from '../../tree/manifest';
import { belongsTo } from '../applyset';
import type { Readiness, ReadinessTarget } from '../context';
import { isReadyAtOnce, ObjectState } from '../readiness';
import { isUnknown } from '../sight';

/** How ready objects are, by what is known of the cluster. Nobody waits: when it changes, the application runs once more. */
export class ViewReadiness implements Readiness {
  constructor(private readonly views: Views) {}

  public async read(ids: readonly ObjectIdentity[], target: ReadinessTarget): Promise<readonly ObjectState[]> {
    return this.statesOf(ids, target);
  }

  public async wait(ids: readonly ObjectIdentity[], target: ReadinessTarget): Promise<readonly ObjectState[]> {
    return this.statesOf(ids, target);
  }

  public statesOf(ids: readonly ObjectIdentity[], target: ReadinessTarget): ObjectState[] {
    const view = this.views.of(target);
    return ids.map(id => stateOf(view, id, target.setId));
  }
}

function stateOf(view: View | undefined, id: ObjectIdentity, setId: string): ObjectState {
  const key = formatIdentity(id);
  const seen = view?.live.get(key);
  if (!seen || !belongsTo(seen, setId)) {
    return !view || isUnknown(view, id)
      ? { key, ready: false, failed: false, unreadable: true, message: 'it may not be read' }
      : { key, ready: false, failed: false, message: 'is missing' };
  }
  return isReadyAtOnce(formatGroupKind(id)) ? { key, ready: true, failed: false } : { key, ...seen.state ?? { ready: false, failed: false } };
}
