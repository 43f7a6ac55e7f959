// An agent in a process of its own, from the compiled library, so that its memory and its time are those that users see.
import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';

const require = createRequire(import.meta.url);
const { Agent } = require('../../build/reconcile/agent/agent.js');
const { connect } = require('../../build/kube/connect.js');
const { GitSource } = require('../../build/tree/git-source.js');

const [repository, kubeconfig, ...clusters] = process.argv.slice(2);

const connections = new Map();

const agent = new Agent({
  source: new GitSource({ remote: repository, branch: 'live', ...clusters.length > 0 ? { clusters } : {} }),
  ...clusters.length > 0 ? { clusters } : {},
  intervalMs: 60_000,
  connect: async (loaded, signal) => {
    const connection = await connect({ name: loaded.name, kubeconfig, context: loaded.access.context ?? loaded.name, signal });
    connections.set(loaded.name, connection);
    return connection;
  },
});

require('../../build/cli/resting-heap.js').keepHeapSmall(listener => agent.subscribe(listener));
agent.subscribe(event => {
    if (event.type === 'run' || event.type === 'drift' || event.type === 'source' || event.type === 'connection') {
      const { result, error, ...rest } = event;
      process.send({
        ...rest, at: performance.timeOrigin + performance.now(), error: error?.message,
        ...result ? { application: result.application, outcome: result.outcome, message: result.errors[0]?.message ?? result.message } : {},
      });
    }
});

function memory(name) {
  return Number(new RegExp(`^${name}:\\s+(\\d+) kB$`, 'm').exec(readFileSync('/proc/self/status', 'utf8'))[1]) / 1024;
}

process.on('message', message => {
  if (message === 'wake') {
    agent.wake();
  } else if (message === 'stats') {
    globalThis.gc?.();
    const sum = field => [...connections.values()].reduce((total, { requests }) => total + requests[field], 0);
    const { user, system } = process.cpuUsage();
    process.send({
      type: 'stats', requests: sum('total'), writes: sum('writes'), cpuMs: (user + system) / 1000, rssMB: memory('VmRSS'), peakMB: memory('VmHWM'),
      heapMB: process.memoryUsage().heapUsed / 1e6,
      steady: agent.state.clusters.length > 0 && agent.state.clusters.every(({ state }) => state === 'steady'), commit: agent.state.commit,
    });
  } else if (message === 'stop') {
    void agent.stop().then(() => process.disconnect());
  }
});

await agent.run();
