// Clusters of the sandbox in a process of their own, so that their time and their memory are not the hub's.
import { createRequire } from 'node:module';

const require = createRequire(import.meta.url);
const { Sandbox } = require('../../build/testing.js');

const sandboxes = [];
for (const name of process.argv.slice(2)) {
  sandboxes.push(await Sandbox.start({ name, controllers: false }));
}
process.send(sandboxes.map(({ name, url, token, ca }) => ({ name, url, token, ca })));
process.on('message', () => {
  process.send({ rssMB: process.memoryUsage.rss() / 1e6, objects: sandboxes.reduce((sum, { api }) => sum + api.list('configmaps').length, 0) });
});
process.on('disconnect', () => process.exit());
