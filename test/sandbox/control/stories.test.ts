import { MemoryCluster } from './memory-cluster';
import { stories } from './stories';
import type { Story } from './story';
import { RealStoryCluster, SandboxStoryCluster, type StoryCluster } from './story-cluster';
import { stateOf } from './story-state';
import type { ClusterApi } from '../../../lib/sandbox/api';
import { startControllers } from '../../../lib/sandbox/control/start';
import { Sandbox } from '../../../lib/sandbox/sandbox';
import { describeWithCluster } from '../../control-plane/describe-cluster';

const named = stories.map((story, i) => [story.title, story, `story-${letters(i)}`] as const);

function letters(i: number): string {
  return String.fromCharCode(97 + Math.floor(i / 26), 97 + i % 26);
}

interface Ending {
  readonly objects: unknown;
  readonly also: unknown;
}

async function tell(cluster: StoryCluster, story: Story): Promise<Ending> {
  await cluster.create('namespaces', { metadata: { name: cluster.namespace } });
  await cluster.until('its ServiceAccount is there', async () => cluster.tryFind('serviceaccounts', 'default'));
  await story.tell(cluster);
  await cluster.settle();
  const objects = await stateOf(cluster);
  return { objects, also: await story.also?.(cluster) };
}

/** The same in the sandbox. A second of Kubernetes is 50 ms there: a deadline of some seconds is longer than what precedes it. */
async function tellSandbox(api: ClusterApi, story: Story, namespace: string): Promise<Ending> {
  const errors: unknown[] = [];
  const controllers = startControllers(api, {
    nodes: 1, readyAfterMs: 2, completeAfterMs: 2, terminateAfterMs: 2, timeLapse: 20, onError: error => errors.push(error),
  });
  try {
    const ending = await tell(new SandboxStoryCluster(namespace, api, controllers), story);
    expect(errors).toEqual([]);
    return ending;
  } finally {
    controllers.stop();
  }
}

describeWithCluster('the controllers of the sandbox end every story as the real ones do', { controllers: true }, context => {
  const endings = new Map<string, Promise<Ending>>();

  // All at once: most of the time of a real story is waiting.
  beforeAll(() => {
    for (const [title, story, namespace] of named) {
      const ending = tell(new RealStoryCluster(namespace, context.kube), story);
      ending.catch(() => {});
      endings.set(title, ending);
    }
  });

  test.each(named)('%s', async (title, story, namespace) => {
    const sandbox = await Sandbox.start({ controllers: false });
    try {
      expect(await tellSandbox(sandbox.api, story, namespace)).toEqual(await endings.get(title));
    } finally {
      await sandbox.close();
    }
    if (!story.needsAdmission) expect(await tellSandbox(new MemoryCluster(), story, namespace)).toEqual(await endings.get(title));
  });
});
