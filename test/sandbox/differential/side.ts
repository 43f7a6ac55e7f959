import { NormalForm } from './normal-form';
import type { Seen, Step } from './step';
import type { HttpAnswer } from '../../control-plane/https-json';
import type { Target } from '../conformance/target';

type Data = Record<string, any>;

export interface Exchanged {
  readonly request: { readonly method: string; readonly path: string; readonly type?: string; readonly body?: unknown };
  readonly answer: HttpAnswer;
  /** The answer in the form in which it is compared. */
  readonly normal: unknown;
}

/** One server's part in a history. */
export class Side {
  private seen: Seen = {};
  private readonly form = new NormalForm();

  constructor(private readonly target: Target, private readonly kind: string) {}

  get live(): Data | undefined {
    return this.seen.live;
  }

  async take(step: Step): Promise<Exchanged> {
    const { method, path, type, body } = step(this.seen);
    const answer = await this.target.ask(method, path, { body, type });
    this.note(method, path, body, answer);
    const { status, headers } = answer;
    const normal = this.form.of({ status, warning: headers.warning, body: withoutListVersion(answer.body as Data) });
    return { request: { method, path, type, body }, answer, normal };
  }

  private note(method: string, path: string, sent: unknown, { status, body }: HttpAnswer): void {
    const object = body as Data;
    if (status === 404) this.seen = { staleVersion: this.seen.staleVersion };
    if (status >= 300 || path.includes('dryRun=All') || (sent as Data | undefined)?.dryRun !== undefined) return;
    if (object.kind === this.kind && object.metadata?.name !== undefined) {
      const { live } = this.seen;
      const version = live?.metadata.resourceVersion as string | undefined;
      const isNew = version !== undefined && version !== object.metadata.resourceVersion;
      const isGone = object.metadata.deletionTimestamp !== undefined && !(object.metadata.finalizers?.length > 0);
      this.seen = { live: isGone || (method === 'DELETE' && object.metadata.deletionTimestamp === undefined) ? undefined : object, staleVersion: isNew ? version : this.seen.staleVersion };
    } else if (method === 'DELETE') {
      this.seen = { staleVersion: this.seen.live?.metadata.resourceVersion as string | undefined };
    }
  }
}

/** A list tells the version of the whole store, in which other histories write, too. */
function withoutListVersion(body: Data): Data {
  if (!Array.isArray(body?.items)) return body;
  const { resourceVersion: _, ...metadata } = body.metadata;
  return { ...body, metadata };
}
