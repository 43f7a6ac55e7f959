import { createHmac } from 'node:crypto';
import { connect } from 'node:net';
import { Agent, Call, call } from './agent';
import { samples } from './exposition';
import type { AgentServer, ServeAgentOptions } from '../../lib/serve/serve-agent';

const SECRET = 'It\'s a Secret to Everybody';
const PUSH = JSON.stringify({ ref: 'refs/heads/live', after: 'c0ffee' });

let agent: Agent;
let server: AgentServer;

beforeEach(() => {
  agent = new Agent();
});
afterEach(() => server.close());

async function post(request: Call, options: Partial<ServeAgentOptions> = { webhookSecret: SECRET, branch: 'live' }): Promise<string> {
  server = await agent.serve({ wakeIntervalMs: 0, ...options });
  return again(request);
}

/** The status, the outcome, and whether the source was woken. */
async function again(request: Call): Promise<string> {
  const { status, text } = await call(server.port, '/webhook', { method: 'POST', ...request });
  return `${status} ${JSON.parse(text).outcome}${agent.woken.splice(0).length > 0 ? '!' : ''}`;
}

/** Looks again and again, since this machine may be busy with other tests; gives up after ten seconds. */
async function until(holds: () => boolean | Promise<boolean>): Promise<void> {
  for (const start = performance.now(); performance.now() - start < 10_000;) {
    if (await holds()) {
      return;
    }
    await new Promise(resolve => setTimeout(resolve, 20));
  }
  throw new Error('it did not happen in ten seconds');
}

async function outcomes(): Promise<Record<string, number>> {
  return samples((await call(server.port, '/metrics')).text, 'flotilla_webhook_requests_total');
}

function sign(body: string | Buffer, secret = SECRET, algorithm = 'sha256'): string {
  return createHmac(algorithm, secret).update(body).digest('hex');
}

describe('who may wake the source', () => {
  test.each<[string, Record<string, string>, string]>([
    ['the signature of GitHub', { 'X-Hub-Signature-256': `sha256=${sign(PUSH)}`, 'X-Hub-Signature': `sha1=${sign(PUSH, SECRET, 'sha1')}`, 'X-GitHub-Event': 'push' }, '202 woken!'],
    ['the signature of Forgejo', { 'X-Forgejo-Signature': sign(PUSH), 'X-Gitea-Signature': sign(PUSH), 'X-Forgejo-Event': 'push' }, '202 woken!'],
    ['the signature of Gitea', { 'X-Gitea-Signature': sign(PUSH), 'X-Gitea-Event': 'push' }, '202 woken!'],
    ['the signature of Bitbucket', { 'X-Hub-Signature': `sha256=${sign(PUSH)}`, 'X-Event-Key': 'repo:push' }, '202 woken!'],
    ['a signature in capitals', { 'X-Gitea-Signature': sign(PUSH).toUpperCase() }, '202 woken!'],
    ['the token of GitLab', { 'X-Gitlab-Token': SECRET, 'X-Gitlab-Event': 'Push Hook' }, '202 woken!'],
    ['a bearer token', { Authorization: `Bearer ${SECRET}` }, '202 woken!'],
    ['a bearer token in small letters', { Authorization: `bearer ${SECRET}` }, '202 woken!'],
    ['nothing', {}, '401 denied'],
    ['the signature of another secret', { 'X-Hub-Signature-256': `sha256=${sign(PUSH, 'other')}` }, '401 denied'],
    ['the signature of another body', { 'X-Hub-Signature-256': `sha256=${sign(`${PUSH} `)}` }, '401 denied'],
    ['a signature by the empty secret', { 'X-Hub-Signature-256': `sha256=${sign(PUSH, '')}` }, '401 denied'],
    ['a signature that is cut short', { 'X-Hub-Signature-256': `sha256=${sign(PUSH).slice(0, 62)}` }, '401 denied'],
    ['a signature without digits', { 'X-Hub-Signature-256': 'sha256=' }, '401 denied'],
    ['a signature without its prefix', { 'X-Hub-Signature-256': sign(PUSH) }, '401 denied'],
    ['a signature of another algorithm', { 'X-Hub-Signature': `sha1=${sign(PUSH, SECRET, 'sha1')}` }, '401 denied'],
    ['something that is no signature', { 'X-Gitea-Signature': 'x'.repeat(64) }, '401 denied'],
    ['a wrong signature beside a right one', { 'X-Hub-Signature-256': `sha256=${sign(PUSH, 'other')}`, 'X-Gitea-Signature': sign(PUSH) }, '401 denied'],
    ['a wrong token', { 'X-Gitlab-Token': 'other' }, '401 denied'],
    ['the start of the token', { 'X-Gitlab-Token': SECRET.slice(0, -1) }, '401 denied'],
    ['a wrong bearer token', { Authorization: 'Bearer other' }, '401 denied'],
    ['an empty bearer token', { Authorization: 'Bearer ' }, '401 denied'],
    ['the secret by another scheme', { Authorization: `Basic ${Buffer.from(`x:${SECRET}`).toString('base64')}` }, '401 denied'],
  ])('with a secret, %s is answered with %p', async (_what, headers, expected) => {
    expect(await post({ body: PUSH, headers })).toBe(expected);
  });

  test('without a secret, a caller on this machine may, and one that a proxy passes on may not', async () => {
    expect(await post({ body: PUSH }, {})).toBe('202 woken!');
    expect(await again({ body: PUSH, headers: { 'X-Forwarded-For': '127.0.0.1' } })).toBe('403 denied');
    expect(await again({ body: PUSH, headers: { Forwarded: 'for=192.0.2.1' } })).toBe('403 denied');
  });

  test('an answer and the metrics do not tell the secret', async () => {
    server = await agent.serve({ webhookSecret: SECRET });
    const answers = [
      await call(server.port, '/webhook', { method: 'POST', headers: { 'X-Gitlab-Token': 'other' } }), await call(server.port, '/metrics'), await call(server.port, '/readyz'),
    ];
    expect(answers.map(({ text }) => text).join('')).not.toContain(SECRET);
  });
});

describe('which pushes wake the source', () => {
  const bearer = { Authorization: `Bearer ${SECRET}` };
  const bitbucketCloud = (name: string) => ({ push: { changes: [{ old: null, new: { type: 'branch', name } }] } });
  const bitbucketServer = (id: string) => ({ changes: [{ ref: { id, displayId: 'x', type: 'BRANCH' }, type: 'UPDATE' }] });

  test.each<[unknown, string]>([
    [{ ref: 'refs/heads/live' }, '202 woken!'],
    [{ ref: 'refs/heads/main' }, '202 ignored'],
    [{ ref: 'refs/heads/live2' }, '202 ignored'],
    [{ ref: 'refs/heads/feature/live' }, '202 ignored'],
    [{ ref: 'refs/tags/live' }, '202 ignored'],
    [{ ref: 'live', ref_type: 'branch' }, '202 woken!'],
    [bitbucketCloud('live'), '202 woken!'],
    [bitbucketCloud('main'), '202 ignored'],
    [{ push: { changes: [{ new: { name: 'main' } }, { new: null, old: { name: 'live' } }] } }, '202 woken!'],
    [bitbucketServer('refs/heads/live'), '202 woken!'],
    [bitbucketServer('refs/heads/main'), '202 ignored'],
    [{ resource: { refUpdates: [{ name: 'refs/heads/main' }] } }, '202 ignored'],
    [{ resource: { refUpdates: [{ name: 'refs/heads/live' }] } }, '202 woken!'],
    [{ something: 'else' }, '202 woken!'],
    [{ ref: 12, push: 'x', changes: [null, 3], resource: [] }, '202 woken!'],
    [null, '202 woken!'], [[], '202 woken!'], ['text', '202 woken!'],
  ])('%j is answered with %p', async (body, expected) => {
    expect(await post({ body: JSON.stringify(body), headers: bearer })).toBe(expected);
  });

  test.each(['', '{', '\0\xff', '{"ref":', '[['.repeat(50_000)])('a body that is no JSON wakes (%#)', async body => {
    expect(await post({ body, headers: bearer })).toBe('202 woken!');
  });

  test.each([
    [{ 'X-GitHub-Event': 'ping' }, '202 ignored'], [{ 'X-GitHub-Event': 'issue_comment' }, '202 ignored'], [{ 'X-GitHub-Event': 'push' }, '202 woken!'],
    [{ 'X-Gitlab-Event': 'Note Hook' }, '202 ignored'], [{ 'X-Event-Key': 'pullrequest:created' }, '202 ignored'], [{ 'X-Event-Key': 'repo:refs_changed' }, '202 woken!'],
  ])('the event %j is answered with %p', async (headers, expected) => {
    expect(await post({ body: '{}', headers: { ...bearer, ...headers } as Record<string, string> })).toBe(expected);
  });

  test('without a branch, a push to any branch wakes', async () => {
    expect(await post({ body: JSON.stringify({ ref: 'refs/heads/other' }), headers: bearer }, { webhookSecret: SECRET })).toBe('202 woken!');
  });

  test.each(['live', 'main'])('a form of a push to %s is read, whether all of it or its payload is signed', async branch => {
    const payload = JSON.stringify({ ref: `refs/heads/${branch}`, text: 'ä & = +' });
    const body = new URLSearchParams({ payload }).toString();
    const headers = { 'Content-Type': 'application/x-www-form-urlencoded' };
    const expected = branch === 'live' ? '202 woken!' : '202 ignored';
    expect(await post({ body, headers: { ...headers, 'X-Hub-Signature-256': `sha256=${sign(body)}` } })).toBe(expected);
    expect(await again({ body, headers: { ...headers, 'X-Gitea-Signature': sign(payload) } })).toBe(expected);
    expect(await again({ body, headers: { ...headers, 'X-Gitea-Signature': sign('x') } })).toBe('401 denied');
  });
});

describe('bodies', () => {
  const signed = (body: Buffer) => ({ 'X-Hub-Signature-256': `sha256=${sign(body)}` });

  test('one that comes in pieces without a length is read', async () => {
    expect(await post({ body: PUSH, chunked: true, headers: signed(Buffer.from(PUSH)) })).toBe('202 woken!');
  });

  test('a long one is checked whole, and wakes without a look for its branch', async () => {
    const body = Buffer.from(JSON.stringify({ ref: 'refs/heads/main', filler: 'x'.repeat(5_000_000) }));
    expect(await post({ body, headers: signed(body) })).toBe('202 woken!');
    body[body.length - 3] = 0x79;
    expect(await again({ body, headers: { 'X-Hub-Signature-256': `sha256=${sign(PUSH)}` } })).toBe('401 denied');
  });

  test('one that says it is too long is not read', async () => {
    expect(await post({ headers: { 'X-Gitlab-Token': SECRET, 'Content-Length': '26214401' } })).toBe('413 oversize');
  });

  test('one that never ends is cut off', async () => {
    server = await agent.serve({ webhookSecret: SECRET });
    const socket = connect(server.port, '127.0.0.1');
    let answer = '';
    let sent = 0;
    socket.on('data', data => { answer += data.toString(); }).on('error', () => undefined);
    const closed = new Promise(resolve => socket.on('close', resolve));
    socket.write(`POST /webhook HTTP/1.1\r\nHost: x\r\nX-Gitlab-Token: ${SECRET}\r\nTransfer-Encoding: chunked\r\n\r\n`);
    const part = Buffer.alloc(1_000_000, 'x');
    const pump = () => {
      while (!socket.destroyed && sent < 500_000_000) {
        sent += part.length;
        socket.write('f4240\r\n');
        socket.write(part);
        if (!socket.write('\r\n')) {
          socket.once('drain', pump);
          return;
        }
      }
    };
    pump();
    await closed;
    expect(answer).toMatch(/^HTTP\/1\.1 413 /);
    expect(sent).toBeLessThan(100_000_000);
    expect(agent.woken).toEqual([]);
  });

  test('what is left of a body that was not read is not taken for the next request', async () => {
    server = await agent.serve({ webhookSecret: SECRET });
    const socket = connect(server.port, '127.0.0.1');
    let answer = '';
    socket.on('data', data => { answer += data.toString(); });
    const body = 'GET /metrics HTTP/1.1\r\nHost: x\r\n\r\n'.repeat(100);
    socket.write(`POST /webhook HTTP/1.1\r\nHost: x\r\nContent-Length: ${body.length}\r\n\r\n${body}GET /healthz HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n`);
    await new Promise(resolve => socket.on('close', resolve));
    expect(answer.match(/HTTP\/1\.1 \d+/g)).toEqual(['HTTP/1.1 401', 'HTTP/1.1 200']);
    expect(answer).toContain('{"healthy":true}');
  });

  test('one that breaks off wakes nobody', async () => {
    server = await agent.serve({ webhookSecret: SECRET, wakeIntervalMs: 0 });
    const socket = connect(server.port, '127.0.0.1');
    await new Promise<void>(resolve => socket.write(`POST /webhook HTTP/1.1\r\nHost: x\r\nX-Gitlab-Token: ${SECRET}\r\nContent-Length: 10\r\n\r\nab`, () => resolve()));
    await new Promise(resolve => setTimeout(resolve, 50));
    socket.destroy();
    await until(async () => (await outcomes())['outcome="broken"'] === 1);
    expect(agent.woken).toEqual([]);
  });

  test('more than sixteen at a time are turned away, and the next is taken when they are gone', async () => {
    server = await agent.serve({ webhookSecret: SECRET, wakeIntervalMs: 0 });
    const head = `POST /webhook HTTP/1.1\r\nHost: x\r\nX-Gitlab-Token: ${SECRET}\r\nContent-Length: 10\r\n\r\nab`;
    const sockets = await Promise.all(Array.from({ length: 16 }, () => new Promise<ReturnType<typeof connect>>(resolve => {
      const socket = connect((server as AgentServer).port, '127.0.0.1');
      socket.on('error', () => undefined).write(head, () => resolve(socket));
    })));
    await until(async () => await again({ headers: { 'X-Gitlab-Token': SECRET }, body: '{}' }) === '503 busy');
    sockets.forEach(socket => socket.destroy());
    await until(async () => await again({ headers: { 'X-Gitlab-Token': SECRET }, body: '{}' }) === '202 woken!');
  });
});

describe('how often the source is woken', () => {
  test('many calls wake it at once and once more, and the calls are counted', async () => {
    server = await agent.serve({ webhookSecret: SECRET, wakeIntervalMs: 3000 });
    await Promise.all(Array.from({ length: 12 }, () => call(server.port, '/webhook', { method: 'POST', headers: { 'X-Gitlab-Token': SECRET }, body: '{}' })));
    expect(agent.woken).toEqual(['webhook']);
    await until(() => agent.woken.length > 1);
    await new Promise(resolve => setTimeout(resolve, 100));
    expect(agent.woken).toEqual(['webhook', 'webhook']);
    await call(server.port, '/webhook', { method: 'POST' });
    expect(await outcomes()).toEqual({ 'outcome="woken"': 12, 'outcome="denied"': 1 });
  });

  test('nothing is woken after the end', async () => {
    server = await agent.serve({ wakeIntervalMs: 1000 });
    await call(server.port, '/webhook', { method: 'POST' });
    await call(server.port, '/webhook', { method: 'POST' });
    await server.close();
    await new Promise(resolve => setTimeout(resolve, 1500));
    expect(agent.woken).toEqual(['webhook']);
  });
});
