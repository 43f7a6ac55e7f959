import { isLoopback } from './loopback';
import { formPayload, MAX_BODY, parseBody, readBody } from './webhook-body';
import { concerns, isOtherEvent, refsOf } from './webhook-ref';
import { Proof, sameDigest, sameToken, signatureOf, tryFindProof } from './webhook-signature';

/** What became of a call. */
export type WebhookOutcome = 'woken' | 'ignored' | 'denied' | 'oversize' | 'busy' | 'broken';

/** What a caller is told. */
export interface WebhookReply {
  readonly outcome: WebhookOutcome;
  readonly status: 202 | 400 | 401 | 403 | 413 | 503;
  readonly message: string;
}

/** A call, as far as it matters here. */
export interface WebhookCall {
  readonly body: ReadableStream<Uint8Array> | null;
  /** The IP address of the other end. */
  readonly peer: string | undefined;
  header(name: string): string | undefined;
}

export interface WebhookOptions {
  readonly wake: () => void;
  readonly secret?: string;
  readonly branch?: string;
}

/** So many bodies are read at a time: callers that prove nothing before the end of their body hold memory until then. */
const MAX_CONCURRENT = 16;

/** The receiver of what Git servers send after a push: it checks who calls and what was pushed, and wakes the source. */
export class Webhook {
  private reading = 0;

  constructor(private readonly options: WebhookOptions) {}

  /** Answers one call; never throws but for what `wake` throws. */
  public async receive(call: WebhookCall): Promise<WebhookReply> {
    const { secret } = this.options;
    const proof = secret === undefined ? undefined : tryFindProof(call.header);
    const denial = this.denial(call, proof);
    if (denial) {
      return denial;
    }
    if (Number(call.header('content-length') ?? 0) > MAX_BODY) {
      return OVERSIZE;
    }
    if (this.reading >= MAX_CONCURRENT) {
      return { outcome: 'busy', status: 503, message: 'too many calls at once; the source is asked by its interval in any case' };
    }
    this.reading++;
    try {
      return await this.read(call, proof);
    } finally {
      this.reading--;
    }
  }

  /** Why a call is refused before its body is read. */
  private denial(call: WebhookCall, proof: Proof | undefined): WebhookReply | undefined {
    const { secret } = this.options;
    if (secret === undefined) {
      // What a proxy on this machine passes on comes from elsewhere.
      const local = isLoopback(call.peer) && !['forwarded', 'x-forwarded-for', 'x-real-ip'].some(name => call.header(name) !== undefined);
      return local ? undefined : { outcome: 'denied', status: 403, message: 'no secret is configured: only calls from this machine are taken' };
    }
    if (!proof) {
      return { outcome: 'denied', status: 401, message: 'there is neither a signature nor a token: configure the secret where the webhook is sent' };
    }
    return proof.type === 'token' && !sameToken(secret, proof.token) ? { outcome: 'denied', status: 401, message: `${proof.header} is not the secret` } : undefined;
  }

  private async read(call: WebhookCall, proof: Proof | undefined): Promise<WebhookReply> {
    const { secret, branch, wake } = this.options;
    const signature = secret !== undefined && proof?.type === 'signature' ? signatureOf(secret) : undefined;
    const contentType = call.header('content-type');
    const body = await readBody(call.body, signature).catch(() => undefined);
    if (!body) {
      return { outcome: 'broken', status: 400, message: 'the body ended too early' };
    }
    if (body.oversize) {
      return OVERSIZE;
    }
    if (secret !== undefined && signature && proof?.type === 'signature' && !sameDigest(signature.digest(), proof.digest)
      && !signsPayload(secret, proof.digest, body.bytes && formPayload(body.bytes, contentType))) {
      return { outcome: 'denied', status: 401, message: `${proof.header} is not the signature of this body by the secret` };
    }
    if (isOtherEvent(call.header)) {
      return { outcome: 'ignored', status: 202, message: 'ignored: not a push' };
    }
    if (branch !== undefined && body.bytes && !concerns(refsOf(parseBody(body.bytes, contentType)), branch)) {
      return { outcome: 'ignored', status: 202, message: 'ignored: a push to another branch' };
    }
    wake();
    return { outcome: 'woken', status: 202, message: 'the source will be asked' };
  }
}

const OVERSIZE: WebhookReply = { outcome: 'oversize', status: 413, message: `the body has more than ${MAX_BODY} bytes` };

/** Gitea and Forgejo sign the JSON in a form, GitHub the whole of the form. */
function signsPayload(secret: string, digest: Buffer | undefined, payload: string | undefined): boolean {
  return payload !== undefined && sameDigest(signatureOf(secret).update(payload).digest(), digest);
}
