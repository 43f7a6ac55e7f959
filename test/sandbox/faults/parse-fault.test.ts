import { FlotillaError } from '../../../lib/errors';
import { parseFault } from '../../../lib/sandbox/faults/parse-fault';

describe('the text of a fault', () => {
  test.each([
    ['latency=200ms,rate=0.1', { kind: 'latency', delayMs: 200, rate: 0.1 }],
    ['latency=1.5s,jitter=500ms,verb=list|watch', { kind: 'latency', delayMs: 1_500, jitterMs: 500, verb: ['list', 'watch'] }],
    ['throttle', { kind: 'throttle' }],
    ['throttle=3s,count=2', { kind: 'throttle', retryAfter: 3, count: 2 }],
    ['error=503,resource=deployments,group=apps,namespace=shop', { kind: 'error', status: 503, resource: ['deployments'], group: ['apps'], namespace: ['shop'] }],
    ['unauthorized,user=agent,for=2m', { kind: 'unauthorized', user: ['agent'], forMs: 120_000 }],
    ['reset=middle, path=/api/*', { kind: 'reset', when: 'middle', path: ['/api/*'] }],
    ['hang,agent=kubectl,off', { kind: 'hang', agent: ['kubectl'], on: false }],
    ['stale=20', { kind: 'stale', revisions: 20 }],
    ['gone=apps|batch,status=503,name=apps-away', { kind: 'gone', group: ['apps', 'batch'], status: 503, name: 'apps-away' }],
    ['drop,rate=1', { kind: 'drop', rate: 1 }],
    ['delay=2s,resource=pods', { kind: 'delay', delayMs: 2_000, resource: ['pods'] }],
    ['expired,group=', { kind: 'expired', group: [''] }],
    ['restart', { kind: 'restart' }],
    ['restart=data', { kind: 'restart', keepsData: true }],
    ['restart=empty,after=1m,for=5s,name=crash,off', { kind: 'restart', keepsData: false, afterMs: 60_000, forMs: 5_000, name: 'crash', on: false }],
  ])('%s', (text, fault) => {
    expect(parseFault(text)).toEqual(fault);
  });

  test.each([
    ['latncy=1s', "'latncy' is no kind of fault", 'begin with one of latency, throttle, error'],
    ['latency', "'latency' needs a value", 'write `latency=200ms`'],
    ['latency=fast', "'latency' cannot be 'fast'", 'write a duration like 200ms, 1.5s or 2m'],
    ['error=404', "'error' cannot be '404'", 'write one of 500, 502, 503, 504'],
    ['hang=1s', "'hang' takes no value", "write 'hang', and what narrows it behind a comma"],
    ['gone', "'gone' needs a value", 'write `gone=apps`'],
    ['drop,rate=10%', "'rate' cannot be '10%'", 'write a number from 0 to 1'],
    ['drop,rate=2', "'rate' cannot be '2'", 'write a number from 0 to 1'],
    ['drop,count=0', "'count' cannot be '0'", 'write a whole number above 0'],
    ['drop,jitter=1s', "'drop' knows no 'jitter'", 'use name, rate, count, for, verb'],
    ['drop,verb=get,verb=list', "'verb' is there twice", 'say it once'],
    ['drop,name=My Fault', "'name' cannot be 'My Fault'", 'write lower case letters'],
    ['restart=soon', "'restart' cannot be 'soon'", 'write data or empty'],
    ['restart,verb=list', "'restart' knows no 'verb'", 'use name, for, after or off'],
    ['', "'' is no kind of fault", 'begin with'],
  ])('%s is refused with what would do', (text, why, fix) => {
    const error = catching(() => parseFault(text));
    expect(error).toMatchObject({ code: 'FLT8001', what: `the fault '${text}' cannot be read: ${why}` });
    expect(error.fix.startsWith(fix)).toBe(true);
  });
});

function catching(act: () => unknown): FlotillaError {
  try {
    act();
  } catch (e) {
    if (e instanceof FlotillaError) return e;
    throw e;
  }
  throw new Error('nothing was thrown');
}
