import { randomUUID } from 'node:crypto';
import type { IncomingMessage, ServerResponse } from 'node:http';
import { gzipSync } from 'node:zlib';
import { emitYaml } from '../../yaml/emit';
import type { User } from '../api';
import type { RequestInfo } from '../faults/fault-plan';
import type { Json, JsonMap } from '../json';
import { StatusError } from '../status-error';

import type { OutputForm } from './media-type';

/** Answers smaller than this are not worth the time, as the real server has it. */
const GZIP_FROM = 128 * 1024;
/** Texts up to this are never more bytes than that, whatever their characters. */
const SHORT = GZIP_FROM / 3;
const MAX_BODY = 3 * 1024 * 1024;
const PRINTED_FOR = /^(curl|Wget|Mozilla\/5\.0)/;

/** One request and its answer. */
export class Exchange {
  readonly path: string;
  readonly query: URLSearchParams;
  readonly method: string;
  /** Collects what the answer warns of. */
  readonly warnings: string[] = [];
  /** As faults see it; absent while there are none. */
  info?: RequestInfo;
  /** A get or a list is answered as it was so many writes ago: a fault. */
  staleBy = 0;
  /** Whether the connection ends in the middle of the answer: a fault. */
  breaksOff = false;
  user: User = { name: 'system:anonymous', groups: ['system:unauthenticated'] };

  constructor(readonly request: IncomingMessage, readonly response: ServerResponse, readonly body: Buffer) {
    const url = request.url ?? '/';
    const mark = url.indexOf('?');
    this.path = mark < 0 ? url : url.slice(0, mark);
    this.query = new URLSearchParams(mark < 0 ? '' : url.slice(mark + 1));
    this.method = request.method ?? 'GET';
  }

  header(name: string): string | undefined {
    const value = this.request.headers[name];
    return Array.isArray(value) ? value.join(',') : value;
  }

  /** `true` and `1` say yes, in the ways of Go. */
  flag(name: string): boolean {
    return ['1', 't', 'T', 'true', 'TRUE', 'True'].includes(this.query.get(name) ?? '');
  }

  /** Sends a document in the form that was asked for. */
  send(status: number, document: Json | object, form?: OutputForm): void {
    const pretty = this.isPretty();
    if (form?.encoding === 'yaml') return this.sendText(status, emitYaml(document), form.contentType);
    this.sendText(status, pretty ? JSON.stringify(document, null, 2) : `${JSON.stringify(document)}\n`, form?.contentType ?? 'application/json');
  }

  sendText(status: number, text: string, contentType: string, headers: Readonly<Record<string, string>> = {}): void {
    const { response } = this;
    if (text.length > SHORT || this.breaksOff) return this.sendBytes(status, Buffer.from(text), contentType, headers);
    if (response.headersSent) return;
    response.writeHead(status, this.head(contentType, headers, Buffer.byteLength(text)));
    // As text, so that Node.js makes one piece of the head and it.
    response.end(text);
  }

  sendBytes(status: number, whole: Buffer, contentType: string, headers: Readonly<Record<string, string>>): void {
    const { response } = this;
    if (response.headersSent) return;
    let bytes = whole;
    let more = headers;
    if (bytes.length > GZIP_FROM && /\bgzip\b/.test(this.header('accept-encoding') ?? '')) {
      bytes = gzipSync(bytes, { level: 1 });
      more = { ...headers, 'content-encoding': 'gzip', 'vary': 'Accept-Encoding' };
    }
    response.writeHead(status, this.head(contentType, more, bytes.length));
    if (this.breaksOff) this.breakOff(bytes);
    else response.end(bytes);
  }

  /** Sends the half of it, and ends the connection. */
  breakOff(bytes: Buffer): void {
    this.response.write(bytes.subarray(0, Math.floor(bytes.length / 2)), () => this.request.socket.destroy());
  }

  /** What is no resource has no Status. */
  sendPlain(status: number, text: string): void {
    this.sendText(status, text, 'text/plain; charset=utf-8', { 'x-content-type-options': 'nosniff' });
  }

  fail(error: unknown): void {
    const status = error instanceof StatusError ? error
      : new StatusError(500, 'InternalError', `Internal error occurred: ${error instanceof Error ? error.message : String(error)}`);
    const retry = status.details?.retryAfterSeconds;
    if (retry !== undefined && !this.response.headersSent) this.response.setHeader('retry-after', String(retry));
    this.send(status.code, status.toStatus());
  }

  private head(contentType: string, headers: Readonly<Record<string, string>>, length: number): Record<string, string | string[] | number> {
    const { warnings } = this;
    return {
      'audit-id': randomUUID(), 'cache-control': 'no-cache, private', 'content-type': contentType, ...headers,
      ...warnings.length > 0 ? { warning: warningHeaders(warnings) } : {}, 'content-length': length,
    };
  }

  private isPretty(): boolean {
    const asked = this.query.get('pretty');
    if (asked !== null) return ['1', 'true', 't', 'T', 'True', 'TRUE', ''].includes(asked);
    return PRINTED_FOR.test(this.header('user-agent') ?? '');
  }
}

/** Reads a body whole. Undefined: it is too large, which is answered. */
export function withBody(request: IncomingMessage, response: ServerResponse, then: (body: Buffer) => void): void {
  if (request.headers['content-length'] === undefined && request.headers['transfer-encoding'] === undefined) return then(Buffer.alloc(0));
  const chunks: Buffer[] = [];
  let size = 0;
  request.on('data', (chunk: Buffer) => {
    size += chunk.length;
    if (size <= MAX_BODY) chunks.push(chunk);
  });
  request.on('end', () => {
    if (size > MAX_BODY) {
      new Exchange(request, response, Buffer.alloc(0)).fail(new StatusError(413, 'RequestEntityTooLarge', `Request entity too large: limit is ${MAX_BODY}`));
    } else {
      then(chunks.length === 1 ? chunks[0] : Buffer.concat(chunks));
    }
  });
}

/** In characters: of all warnings together, and of each when they are more than that. */
const MOST_WARNINGS = 4096;
const SHORTENED_WARNING = 256;

/** Each once; shortened when they are many, and some then left out. */
function warningHeaders(warnings: readonly string[]): string[] {
  const texts = [...new Set(warnings)].map(text => [...text]);
  if (texts.reduce((sum, text) => sum + text.length, 0) <= MOST_WARNINGS) return texts.map(text => warningHeader(text.join('')));
  let written = 0;
  const short = texts.map(text => text.slice(0, SHORTENED_WARNING));
  return short.filter(text => {
    const isRoom = written < MOST_WARNINGS;
    if (isRoom) written += text.length;
    return isRoom;
  }).map(text => warningHeader(text.join('')));
}

function warningHeader(text: string): string {
  // A header holds Latin letters; nothing else stands in our own texts, but a client's value may be part of one.
  return `299 - ${JSON.stringify(text).replace(/[^\x20-\x7e]/g, '?')}`;
}

/** Of what succeeded without an object to show. */
export function success(details: JsonMap): JsonMap {
  return { kind: 'Status', apiVersion: 'v1', metadata: {}, status: 'Success', details };
}
