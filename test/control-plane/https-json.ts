import type { IncomingHttpHeaders } from 'node:http';
import { request, type Agent } from 'node:https';

export interface HttpAnswer {
  readonly status: number;
  readonly headers: IncomingHttpHeaders;
  /** Parsed when it is one JSON document, else the text: a watch has a document a line. */
  readonly body: unknown;
}

export interface HttpQuestion {
  readonly method: string;
  readonly agent: Agent;
  readonly headers: Record<string, string>;
  /** A string goes as it is, anything else as JSON. */
  readonly body?: unknown;
}

/** One request over HTTPS: no retries, no redirects, no opinion about the status. */
export function httpsJson(url: URL, question: HttpQuestion): Promise<HttpAnswer> {
  const { method, agent, body } = question;
  const payload = body === undefined ? undefined : Buffer.from(typeof body === 'string' ? body : JSON.stringify(body));
  const headers = { accept: 'application/json', ...payload && { 'content-length': String(payload.length), 'content-type': 'application/json' }, ...question.headers };
  return new Promise((resolve, reject) => {
    const req = request(url, { method, agent, headers }, response => {
      const chunks: Buffer[] = [];
      response.on('data', (chunk: Buffer) => chunks.push(chunk));
      response.once('error', reject);
      response.once('end', () => {
        const text = Buffer.concat(chunks).toString();
        const json = response.headers['content-type']?.includes('json');
        resolve({ status: response.statusCode ?? 0, headers: response.headers, body: json ? parse(text) : text });
      });
    });
    req.once('error', reject);
    req.end(payload);
  });
}

function parse(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return text;
  }
}
