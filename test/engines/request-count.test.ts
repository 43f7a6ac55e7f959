import { appendFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { RequestCount } from '../../bench/peers/request-count';
import { temporaryFolder } from '../temporary-folder';

const line = (username: string, verb: string, more: object = {}): string =>
  `${JSON.stringify({ verb, user: { username }, requestURI: '/api/v1/namespaces', stage: 'ResponseComplete', ...more })}\n`;

test('the requests of one user are counted from a moment on, dry runs among the reads, and no watches', async () => {
  const file = join(temporaryFolder(), 'audit.log');
  writeFileSync(file, line('flux', 'get') + line('flux', 'patch'));
  const count = new RequestCount(file, 'flux');
  expect(await count.end()).toEqual({ requests: 0, writes: 0 });
  appendFileSync(file, [
    line('admin', 'get'), line('flux', 'patch'), line('flux', 'patch', { requestURI: '/api/v1/namespaces/a?dryRun=All' }), line('flux', 'list'),
    line('flux', 'watch'), line('flux', 'create', { stage: 'ResponseStarted' }), line('admin', 'patch', { note: '"username":"flux"' }), '{"verb":"get","user":{"username":"flux"',
  ].join(''));
  expect(await count.end()).toEqual({ requests: 3, writes: 1 });
});

test('a log that is longer than what is read at a time is read on', async () => {
  const file = join(temporaryFolder(), 'audit.log');
  writeFileSync(file, '');
  const count = new RequestCount(file, 'flux');
  const one = line('flux', 'get', { note: 'ö'.repeat(500) });
  writeFileSync(file, one.repeat(2500));
  expect(await count.end()).toEqual({ requests: 2500, writes: 0 });
});
