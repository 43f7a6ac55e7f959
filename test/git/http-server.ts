import { spawn } from 'node:child_process';
import { createServer, Server } from 'node:http';
import { AddressInfo } from 'node:net';
import { dirname } from 'node:path';
import { git } from './repositories';

/** A Git server over HTTP for one repository, as the hosts have it: smart protocol, a token in a header. */
export interface HttpServer {
  readonly url: string;
  close(): Promise<void>;
}

/** Starts a server; `authorization` is the header that it wants. */
export async function serveGit(repository: string, authorization: string): Promise<HttpServer> {
  git(repository, 'config', 'http.receivepack', 'true');
  const server: Server = createServer((request, response) => {
    if (request.headers.authorization !== authorization) {
      response.writeHead(401, { 'WWW-Authenticate': 'Basic realm="test"' }).end();
      return;
    }
    const url = new URL(request.url ?? '/', 'http://localhost');
    const backend = spawn('git', ['http-backend'], {
      env: {
        ...process.env,
        GIT_PROJECT_ROOT: dirname(repository), GIT_HTTP_EXPORT_ALL: '1', REMOTE_USER: 'ann', REMOTE_ADDR: '127.0.0.1',
        PATH_INFO: url.pathname, QUERY_STRING: url.search.slice(1), REQUEST_METHOD: request.method,
        CONTENT_TYPE: request.headers['content-type'] ?? '', CONTENT_LENGTH: request.headers['content-length'] ?? '',
        HTTP_CONTENT_ENCODING: request.headers['content-encoding'] ?? '', HTTP_GIT_PROTOCOL: String(request.headers['git-protocol'] ?? ''),
        GIT_PROTOCOL: String(request.headers['git-protocol'] ?? ''),
      },
    });
    request.pipe(backend.stdin);
    const chunks: Buffer[] = [];
    backend.stdout.on('data', (chunk: Buffer) => chunks.push(chunk));
    backend.on('close', () => {
      const output = Buffer.concat(chunks);
      const end = output.indexOf('\r\n\r\n');
      let status = 200;
      for (const line of output.toString('latin1', 0, end).split('\r\n')) {
        const [key, value] = line.split(/: */, 2);
        if (key === 'Status') {
          status = parseInt(value);
        } else {
          response.setHeader(key, value);
        }
      }
      response.writeHead(status).end(output.subarray(end + 4));
    });
  });
  await new Promise<void>(resolve => server.listen(0, '127.0.0.1', resolve));
  const { port } = server.address() as AddressInfo;
  return {
    url: `http://127.0.0.1:${port}/${repository.slice(dirname(repository).length + 1)}`,
    close: async () => new Promise(resolve => {
      server.close(() => resolve());
      server.closeAllConnections();
    }),
  };
}
