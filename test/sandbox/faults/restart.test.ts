import { setTimeout as sleep } from 'node:timers/promises';
import { connect } from '../../../lib/kube/connect';
import { Sandbox } from '../../../lib/testing';
import { waitUntil } from '../../control-plane/wait-until';
import { temporaryFolder } from '../../temporary-folder';
import { Target } from '../conformance/target';

const MAPS = '/api/v1/namespaces/default/configmaps';
const text = { type: 'text/plain' };

let sandbox: Sandbox;
let target: Target;
const more: Target[] = [];

beforeEach(async () => {
  sandbox = await Sandbox.start({ controllers: false, users: { jo: [] } });
  target = open();
});
afterEach(async () => {
  for (const each of more.splice(0)) each.close();
  await sandbox.close();
});

/** A client without connections of its own yet. */
function open(): Target {
  const client = new Target({ url: sandbox.url, ca: sandbox.ca, tokenOf: user => sandbox.findToken(user), compact: () => sandbox.compact() });
  more.push(client);
  return client;
}

async function make(name: string): Promise<Live> {
  const { status, body } = await open().ask('POST', MAPS, { body: { metadata: { name } } });
  expect(status).toBe(201);
  return body as Live;
}

type Live = { readonly metadata: { readonly uid: string; readonly resourceVersion: string } };

const state = async () => ((await open().ask('GET', '/faults')).body as { name: string; on: boolean; hits: number }[])[0];

/** From the answer to who asked until it serves again. @returns how the requests meanwhile ended */
async function absence(): Promise<string[]> {
  const ends: string[] = [];
  await waitUntil('it is away', async () => open().ask('GET', '/healthz').then(() => false, (error: NodeJS.ErrnoException) => Boolean(ends.push(error.code ?? error.message))), { every: 5 });
  await waitUntil('it is back', async () => open().ask('GET', '/healthz').then(() => true, (error: NodeJS.ErrnoException) => {
    ends.push(error.code ?? error.message);
    return false;
  }), { every: 20 });
  return ends;
}

describe('a restart over HTTP', () => {
  test('with its data: connections are reset and watches end, then all is as it was, and its versions go on', async () => {
    const before = await make('first');
    const start = Date.now();
    const ended = target.watch(`${MAPS}?watch=1`, { timeout: 20_000 }).then(() => Date.now(), () => Date.now());
    expect(await open().ask('POST', '/faults', { ...text, body: 'restart,for=400ms' })).toMatchObject({ status: 201, body: { name: 'restart' } });
    const ends = await absence();
    expect([...new Set(ends)]).toEqual(['ECONNRESET']);
    expect(await ended - start).toBeLessThan(10_000);
    expect((await open().ask('GET', `${MAPS}/first`)).body).toEqual(before);
    expect(Number((await make('second')).metadata.resourceVersion)).toBeGreaterThan(Number(before.metadata.resourceVersion));
    await waitUntil('it is over', async () => !(await state()).on);
    expect(await state()).toMatchObject({ name: 'restart', on: false, hits: 1 });
  });

  test('without: another cluster at the same address, with the same kubeconfig', async () => {
    const path = `${temporaryFolder()}/kubeconfig`;
    await sandbox.writeKubeconfig(path);
    const kubeconfigs = [sandbox.kubeconfig, sandbox.kubeconfigOf('jo')];
    for (let i = 0; i < 20; i++) await make(`map-${i}`);
    const last = await make('last');
    const uid = async () => ((await open().ask('GET', '/api/v1/namespaces/default')).body as Live).metadata.uid;
    const before = await uid();
    expect(await open().ask('POST', '/faults', { ...text, body: 'restart=empty,for=200ms' })).toMatchObject({ status: 201 });
    await absence();
    expect(await uid()).not.toBe(before);
    expect(await open().ask('GET', `${MAPS}/last`)).toMatchObject({ status: 404 });
    expect(Number((await make('last')).metadata.resourceVersion)).toBeLessThan(Number(last.metadata.resourceVersion));
    expect([sandbox.kubeconfig, sandbox.kubeconfigOf('jo')]).toEqual(kubeconfigs);
    const connection = await connect({ name: 'one', kubeconfig: path, retries: 0 });
    expect((await connection.request<Live>({ method: 'GET', path: `${MAPS}/last` })).body.metadata).toMatchObject({ name: 'last' });
    await connection.close();
  });

  test('waits until it is switched on, and comes again when it is once more', async () => {
    expect(await open().ask('POST', '/faults', { ...text, body: 'restart=empty,for=200ms,name=crash,off' })).toMatchObject({ status: 201 });
    await make('first');
    await sleep(300);
    expect(await open().ask('GET', `${MAPS}/first`)).toMatchObject({ status: 200 });
    for (let i = 0; i < 2; i++) {
      await open().ask('POST', MAPS, { body: { metadata: { name: 'first' } } });
      expect(await open().ask('PUT', '/faults/crash', { ...text, body: 'on' })).toMatchObject({ status: 200 });
      await absence();
      expect(await open().ask('GET', `${MAPS}/first`)).toMatchObject({ status: 404 });
      await waitUntil('it is over', async () => !(await state()).on);
    }
  });

  test('that is still to come is called off with its fault', async () => {
    await make('first');
    expect(await open().ask('POST', '/faults', { ...text, body: 'restart=empty,after=300ms,for=100ms' })).toMatchObject({ status: 201 });
    expect(await open().ask('DELETE', '/faults/restart')).toMatchObject({ status: 200 });
    await sleep(600);
    expect(await open().ask('GET', `${MAPS}/first`)).toMatchObject({ status: 200 });
  });

  test('is not for another user, and takes nothing that narrows it', async () => {
    expect(await open().ask('POST', '/faults', { ...text, body: 'restart', user: 'jo' })).toMatchObject({ status: 403 });
    expect(await open().ask('POST', '/faults', { ...text, body: 'restart,verb=list' })).toMatchObject({ status: 400, body: { code: 'FLT8001' } });
  });
});

test('one that is ordered from the start comes at its time', async () => {
  const one = await Sandbox.start({ controllers: false, faults: [{ kind: 'restart', afterMs: 300, forMs: 100, keepsData: false }] });
  const uid = () => one.api.tryFind('namespaces', { name: 'default' })?.metadata.uid;
  const before = uid();
  expect(before).toBeDefined();
  await waitUntil('it is another cluster', () => uid() !== before);
  expect(one.faults.list()).toMatchObject([{ name: 'restart', hits: 1 }]);
  await one.close();
});

test('a sandbox that is closed while it is away does not come back', async () => {
  const one = await Sandbox.start({ controllers: false });
  one.faults.add({ kind: 'restart', forMs: 60_000 });
  await waitUntil('it is away', () => one.faults.list()[0].hits > 0);
  const start = Date.now();
  await one.close();
  expect(Date.now() - start).toBeLessThan(5_000);
  await expect(new Target({ url: one.url, ca: one.ca, tokenOf: user => one.findToken(user), compact: () => undefined }).ask('GET', '/healthz')).rejects.toThrow('ECONNREFUSED');
});
