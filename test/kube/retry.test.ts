import { ApiError, type ApiErrorProps } from '../../lib/kube/api-error';
import type { KubeRequest } from '../../lib/kube/connection';
import { type Attempt, pauseBefore } from '../../lib/kube/retry';

const get: KubeRequest = { method: 'GET', path: '/api' };
const first: Attempt = { tries: 1, spentMs: 10, retries: 4, answered: true };

function error(props: Partial<ApiErrorProps>): ApiError {
  return new ApiError({ status: 0, message: '', request: get, ...props });
}

test('each pause is longer than the one before, up to five seconds, and never the same for all', () => {
  const unavailable = error({ status: 503 });
  const pause = (tries: number, random: number) => pauseBefore(get, unavailable, { ...first, tries, retries: 9 }, () => random);
  const pauses = (random: number) => [1, 2, 3, 4, 5, 6, 7, 8].map(tries => pause(tries, random));
  expect(pauses(0)).toEqual([100, 200, 400, 800, 1600, 2500, 2500, 2500]);
  expect(pauses(1)).toEqual([200, 400, 800, 1600, 3200, 5000, 5000, 5000]);
});

test.each<[title: string, Partial<ApiErrorProps>, Partial<Attempt>, again: boolean]>([
  ['a 500 with Retry-After', { status: 500, reason: 'ServerTimeout', details: { retryAfterSeconds: 1 } }, {}, true],
  ['a 500 without', { status: 500, reason: 'InternalError' }, {}, false],
  ['a 503 when the half minute is almost over', { status: 503 }, { spentMs: 29_950 }, false],
  ['a 503 after the last try', { status: 503 }, { tries: 5 }, false],
  ['a refused connection to a server that has answered', { code: 'ECONNREFUSED' }, {}, true],
  ['a refused connection to one that has not', { code: 'ECONNREFUSED' }, { answered: false }, false],
  ['a timeout of a server that has answered', { code: 'TIMEOUT' }, {}, true],
  ['a timeout of one that has not', { code: 'TIMEOUT' }, { answered: false }, false],
  ['a host name that does not exist', { code: 'ENOTFOUND' }, {}, false],
  ['an unknown CA', { code: 'SELF_SIGNED_CERT_IN_CHAIN' }, {}, false],
  ['a request that was given up', { code: 'ABORTED' }, {}, false],
  ['missing credentials', { code: 'CREDENTIALS' }, {}, false],
])('whether to try again: %s', (_, props, attempt, again) => {
  expect(pauseBefore(get, error(props), { ...first, ...attempt }) !== undefined).toBe(again);
});
