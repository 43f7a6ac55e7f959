import { setTimeout as sleep } from 'node:timers/promises';
import type { Exchange } from './exchange';
import type { AccessAttributes } from './rules';
import type { RequestFault, RequestInfo } from '../faults/fault-plan';

/** What tells of one group: its discovery and its OpenAPI document. */
const OF_GROUP = /^(?:\/openapi\/v3)?\/(?:api(?=\/)|apis\/([^/]+))/;

/** A request as a plan of faults sees it. */
export function requestInfo(exchange: Exchange, { verb, group, resource, namespace, name }: Omit<AccessAttributes, 'user'>): RequestInfo {
  const isDiscovery = resource === undefined && /^\/(api|apis|openapi)(\/|$)/.test(exchange.path);
  const userAgent = exchange.header('user-agent') ?? '';
  const told = isDiscovery ? OF_GROUP.exec(exchange.path) : undefined;
  return { verb: isDiscovery ? 'discovery' : verb, path: exchange.path, group: told ? told[1] ?? '' : group, resource, namespace, name, userAgent, user: exchange.user.name };
}

/** Lets a request suffer its fault. True: it has its answer, or will never have one. */
export async function suffer(exchange: Exchange, fault: RequestFault | undefined): Promise<boolean> {
  if (!fault) return false;
  if (fault.delayMs > 0) await sleep(fault.delayMs);
  const { act } = fault;
  switch (act?.type) {
    case 'error': {
      const { error, plain } = act;
      const retry = error.details?.retryAfterSeconds;
      if (plain === undefined) exchange.fail(error);
      else exchange.sendText(error.code, plain, 'text/plain; charset=utf-8', retry === undefined ? {} : { 'retry-after': String(retry) });
      return true;
    }
    case 'hang': return true;
    case 'reset':
      if (act.when === 'middle') {
        exchange.breaksOff = true;
        return false;
      }
      exchange.request.socket.destroy();
      return true;
    case 'stale':
      exchange.staleBy = act.revisions;
      return false;
    default: return false;
  }
}
