// So many clusters of the sandbox in a process of their own, with so many ConfigMaps each: its time and its memory are theirs alone.
import { createRequire } from 'node:module';

const require = createRequire(import.meta.url);
const { Sandbox } = require('../../build/testing.js');

const [clusters, objects] = process.argv.slice(2).map(Number);
const first = await Sandbox.start({ name: 'cluster-0', controllers: false });
const sandboxes = [first];
let told;
const ready = new Promise(resolve => {
  told = resolve;
});
process.on('message', () => void ready.then(() => process.send({ rssMB: process.memoryUsage.rss() / 2 ** 20 })));
process.on('disconnect', () => process.exit());
process.send({ url: first.url, token: first.token, ca: first.ca });
for (let i = 1; i < clusters; i++) sandboxes.push(await Sandbox.start({ name: `cluster-${i}`, controllers: false }));
for (const { api } of sandboxes) {
  for (let i = 0; i < objects; i++) {
    api.create('configmaps', { metadata: { name: `config-${i}`, namespace: 'default', labels: { app: 'bench' } }, data: { number: String(i), text: 'x'.repeat(256) } }, 'bench');
  }
}
// What was left behind while they were made is not what they need; the most that there was is told beside it.
globalThis.gc?.();
told();
