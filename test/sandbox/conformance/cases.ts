import type { Ask, Target } from './target';
import type { HttpAnswer } from '../../control-plane/https-json';

/**
 * One request and what is expected of its answer.
 *
 * The request is `METHOD PATH`; a path without a leading slash is one of the core group in a namespace of the case's own. `$ns` stands for that namespace, here
 * and in bodies and expectations.
 */
export type Step = readonly [request: string, ask: Ask | undefined, status: number, body?: unknown, headers?: Readonly<Record<string, unknown>>];

/** A sentence, and the requests that show it. */
export type Case = readonly [title: string, ...steps: Step[]];

/** What a Status says in short: `{ reason, message, … }`. */
export function refusal(reason: string, message: unknown, details?: object): object {
  return { kind: 'Status', apiVersion: 'v1', status: 'Failure', message, ...reason ? { reason } : {}, ...details ? { details } : {} };
}

/** @param patience how long, in ms, a refusal is asked again that is not the expected one: a role counts a moment after it was made */
export function runCases(target: () => Target, cases: readonly Case[], patience = 0): void {
  test.each(cases.map(([title, ...steps]) => [title, steps] as const))('%s', async (_title, steps) => {
    const namespace = await target().makeNamespace();
    for (const [request, ask, status, body, headers] of steps) {
      const [method, path] = splitOnce(fill(request, namespace));
      const full = path.startsWith('/') ? path : `/api/v1/namespaces/${namespace}/${path}`;
      const expected = fill({ status, body, headers }, namespace);
      for (const end = Date.now() + patience; ;) {
        const answer = await target().ask(method, full, fill(ask ?? {}, namespace));
        try {
          check(`${method} ${path}`, answer, expected);
          break;
        } catch (error) {
          if (!isDenied(answer) || Date.now() >= end) throw error;
          await new Promise(resolve => setTimeout(resolve, 50));
        }
      }
    }
  });
}

/** A request that is refused, or the word that one would be. */
function isDenied({ status, body }: HttpAnswer): boolean {
  return status === 403 || (body as { readonly status?: { readonly allowed?: boolean } } | undefined)?.status?.allowed === false;
}

interface Expected {
  readonly status: number;
  readonly body?: unknown;
  readonly headers?: Readonly<Record<string, unknown>>;
}

function check(request: string, answer: HttpAnswer, { status, body, headers }: Expected): void {
  expect({ request, status: answer.status, body: answer.status === status ? undefined : answer.body }).toEqual({ request, status, body: undefined });
  if (typeof body === 'object' && body !== null && !('asymmetricMatch' in body)) expect(answer.body).toMatchObject(body);
  else if (body !== undefined) expect(answer.body).toEqual(body);
  for (const [name, value] of Object.entries(headers ?? {})) expect({ [name]: answer.headers[name] }).toEqual({ [name]: value });
}

function splitOnce(text: string): [string, string] {
  const at = text.indexOf(' ');
  return [text.slice(0, at), text.slice(at + 1)];
}

function fill<T>(value: T, namespace: string): T {
  if (typeof value === 'string') return value.replaceAll('$ns', namespace) as T;
  if (Array.isArray(value)) return value.map(each => fill<unknown>(each, namespace)) as T;
  // Matchers of Jest stay what they are.
  if (typeof value !== 'object' || value === null || 'asymmetricMatch' in value) return value;
  return Object.fromEntries(Object.entries(value).map(([key, each]) => [key, fill<unknown>(each, namespace)])) as T;
}
