import type { FaultPlan } from './fault-plan';
import { parseFault } from './parse-fault';
import { FlotillaError } from '../../errors';

export interface FaultAnswer {
  readonly status: number;
  /** JSON. */
  readonly body: unknown;
}

/**
 * The faults of a running sandbox over HTTP, for whoever serves it beside the Kubernetes API:
 *
 *     GET    /faults         all of them: [{ name, fault, on, hits }]
 *     POST   /faults         adds one; the body is the text that `--fault` takes: { name }
 *     PUT    /faults/NAME    switches it; the body is `on` or `off`
 *     DELETE /faults/NAME    removes it
 *
 * Errors are 400, 404 and 409 with { code, what, fix }.
 */
export function answerFaultRequest(plan: FaultPlan, method: string, path: string, body = ''): FaultAnswer {
  const [, root, name, ...more] = path.split('/').map(decodeURIComponent);
  if (root !== 'faults' || more.length > 0) return { status: 404, body: { what: `there is nothing at ${path}` } };
  const isKnown = name !== undefined && plan.list().some(state => state.name === name);
  try {
    switch (`${method} ${name === undefined ? 'all' : 'one'}`) {
      case 'GET all': return { status: 200, body: plan.list() };
      case 'POST all': return { status: 201, body: { name: plan.add(parseFault(body.trim())) } };
      case 'PUT one':
        if (!['on', 'off'].includes(body.trim())) return { status: 400, body: { what: `the body is '${body.trim()}'`, fix: 'send `on` or `off`' } };
        plan.set(name, body.trim() === 'on');
        return { status: 200, body: plan.list().find(state => state.name === name) };
      case 'DELETE one':
        plan.remove(name);
        return { status: 200, body: {} };
      default: return { status: 405, body: { what: `${method} is not for ${path}` } };
    }
  } catch (e) {
    if (!(e instanceof FlotillaError)) throw e;
    const status = e.code === 'FLT8001' ? 400 : isKnown || name === undefined ? 409 : 404;
    return { status, body: e.toJSON() };
  }
}
