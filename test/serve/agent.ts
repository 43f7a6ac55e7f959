import { request } from 'node:http';
import type { IncomingHttpHeaders } from 'node:http';
import { FlotillaError } from '../../lib/errors';
import type { AgentEvent, AgentListener, AgentState, ClusterState, TargetState } from '../../lib/reconcile/agent/events';
import type { TargetResult } from '../../lib/reconcile/report';
import { AgentServer, serveAgent, ServeAgentOptions } from '../../lib/serve/serve-agent';

/** What an agent tells, told by a test. */
export class Agent {
  public state: AgentState = { commit: 'c0ffee', clusters: [] };
  public readonly woken: string[] = [];
  public readonly listeners = new Set<AgentListener>();

  public readonly events = (listener: AgentListener) => {
    this.listeners.add(listener);
    return () => void this.listeners.delete(listener);
  };

  public tell(...events: readonly AgentEvent[]): void {
    events.forEach(event => this.listeners.forEach(listener => listener(event)));
  }

  public serve(options: Partial<ServeAgentOptions> = {}): Promise<AgentServer> {
    return serveAgent({ listen: '127.0.0.1:0', events: this.events, state: () => this.state, wake: cause => this.woken.push(cause), ...options });
  }
}

export function cluster(name: string, props: Partial<ClusterState> = {}): ClusterState {
  return { cluster: name, state: 'steady', queued: 0, targets: [], ...props };
}

export function target(application: string, props: Partial<TargetState> = {}): TargetState {
  return { application, objects: 3, ready: true, reason: 'Ready', held: 0, ...props };
}

export function run(result: Partial<TargetResult>, props: { readonly cluster?: string; readonly seconds?: number } = {}): AgentEvent {
  return {
    type: 'run', cluster: 'prod', commit: 'c0ffee', seconds: 0.5, ...props,
    result: { application: 'web', outcome: 'unchanged', objects: [], errors: [], ...result },
  };
}

export function failure(code = 'FLT5102', what = 'Deployment.apps/shop/web is not valid: spec.x', cause?: unknown): FlotillaError {
  return new FlotillaError(code, { what, fix: 'correct the manifest', cause });
}

export interface Answer {
  readonly status: number;
  readonly headers: IncomingHttpHeaders;
  readonly text: string;
}

export interface Call {
  readonly method?: string;
  readonly headers?: Readonly<Record<string, string>>;
  readonly body?: string | Buffer;
  /** Sends the body without saying its length. */
  readonly chunked?: boolean;
}

/** One request on a connection of its own. */
export function call(port: number, path: string, { method = 'GET', headers = {}, body, chunked = false }: Call = {}): Promise<Answer> {
  return new Promise((resolve, reject) => {
    const sent = request({ host: '127.0.0.1', port, path, method, agent: false, headers }, response => {
      const parts: Buffer[] = [];
      response.on('data', part => parts.push(part)).on('error', reject)
        .on('end', () => resolve({ status: response.statusCode ?? 0, headers: response.headers, text: Buffer.concat(parts).toString() }));
    });
    sent.on('error', reject);
    if (chunked && body !== undefined) {
      sent.write(body);
      sent.end();
    } else {
      sent.end(body);
    }
  });
}
