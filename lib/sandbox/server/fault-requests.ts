import type { Exchange } from './exchange';
import { forbidden } from './forbidden';
import { answerFaultRequest } from '../faults/fault-endpoint';
import type { FaultPlan } from '../faults/fault-plan';

/** Whether a path is that of faults, which no real API server has. */
export function isFaultPath(path: string): boolean {
  return path === '/faults' || path.startsWith('/faults/');
}

/** Answers who asks for faults, or changes them: nobody but an administrator, and no fault comes between. @throws StatusError 403 */
export function answerFaults(exchange: Exchange, plan: FaultPlan): void {
  const { user, path, method } = exchange;
  if (!user.groups.includes('system:masters')) throw forbidden({ user, verb: method.toLowerCase(), path }, '');
  const { status, body } = answerFaultRequest(plan, method, path, exchange.body.toString());
  exchange.send(status, body as object);
}
