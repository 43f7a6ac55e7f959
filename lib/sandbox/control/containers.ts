import type { ContainerState, ContainerStatus, Pod, PodStatus } from './objects';
import type { ImageBehaviour, ImageRule } from './options';

/** Where the containers of a pod are. `crashed` ended with an error a moment ago, `backOff` waits for the next try, `completed` and `failed` are over. */
export type Fate = 'waiting' | 'running' | 'unready' | 'unpulled' | 'crashed' | 'backOff' | 'completed' | 'failed';

/** What goes wrong with a pod: the first of its images that a rule means. */
export function failureOf({ spec }: Pod, rules: readonly ImageRule[]): ImageBehaviour | undefined {
  for (const { image } of spec.containers) {
    const found = behaviourOf(image, rules);
    if (found) return found;
  }
  return undefined;
}

export function behaviourOf(image = '', rules: readonly ImageRule[]): ImageBehaviour | undefined {
  return rules.find(rule => (typeof rule.image === 'string' ? image.includes(rule.image) : rule.image.test(image)))?.becomes;
}

/** Of all containers; where one fails the others run. */
export function containerStatuses(
  pod: Pod, now: string, rules: readonly ImageRule[], { fate, restarts = 0 }: { readonly fate: Fate; readonly restarts?: number },
): ContainerStatus[] {
  return pod.spec.containers.map(({ name, image = '' }) => {
    const before = pod.status?.containerStatuses?.find(status => status.name === name);
    const isFailing = behaviourOf(image, rules) !== undefined;
    const own: Fate = isFailing || !['unready', 'unpulled', 'crashed', 'backOff', 'failed'].includes(fate) ? fate : fate === 'failed' ? 'completed' : 'running';
    const state = stateOf(own, image, now, before, behaviourOf(image, rules));
    const ended = before?.state.terminated;
    return {
      name,
      image,
      imageID: own === 'waiting' || own === 'unpulled' || before?.state.waiting?.reason === 'ErrImagePull' ? '' : `${image.replace(/[:@][^/]*$/, '')}@sha256:${'0'.repeat(64)}`,
      ready: own === 'running',
      started: own === 'running' || own === 'unready',
      restartCount: isFailing ? restarts : before?.restartCount ?? 0,
      lastState: ended && !state.terminated ? { terminated: ended } : before?.lastState ?? {},
      state,
    };
  });
}

function stateOf(fate: Fate, image: string, now: string, before: ContainerStatus | undefined, behaviour: ImageBehaviour | undefined): ContainerState {
  const startedAt = before?.state.running?.startedAt ?? before?.state.terminated?.startedAt ?? now;
  switch (fate) {
    case 'waiting': return { waiting: { reason: 'ContainerCreating' } };
    case 'running':
    case 'unready': return { running: { startedAt } };
    case 'unpulled': return { waiting: { reason: 'ErrImagePull', message: `failed to pull and unpack image "${image}": not found` } };
    case 'backOff': return {
      waiting: behaviour === 'ImagePullBackOff'
        ? { reason: 'ImagePullBackOff', message: `Back-off pulling image "${image}": ErrImagePull: failed to pull and unpack image "${image}": not found` }
        : { reason: 'CrashLoopBackOff', message: 'back-off restarting failed container' },
    };
    case 'crashed':
    case 'failed': return { terminated: { exitCode: 1, reason: 'Error', startedAt: now, finishedAt: now } };
    case 'completed': return { terminated: { exitCode: 0, reason: 'Completed', startedAt, finishedAt: now } };
  }
}

export function initStatuses(pod: Pod, now: string, fate: 'waiting' | 'running'): Pick<PodStatus, 'initContainerStatuses'> {
  const { initContainers = [] } = pod.spec;
  if (initContainers.length === 0) return {};
  return {
    initContainerStatuses: initContainers.map(({ name, image = '', restartPolicy }) => {
      const before = pod.status?.initContainerStatuses?.find(status => status.name === name);
      if (fate === 'running' && before && !before.state.waiting) return before;
      const sidecar = restartPolicy === 'Always';
      const state: ContainerState = fate === 'waiting' ? { waiting: { reason: 'PodInitializing' } }
        : sidecar ? { running: { startedAt: now } } : { terminated: { exitCode: 0, reason: 'Completed', startedAt: now, finishedAt: now } };
      return { name, image, imageID: '', ready: fate === 'running', started: fate === 'running' && sidecar, restartCount: 0, lastState: {}, state };
    }),
  };
}
