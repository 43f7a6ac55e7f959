import { tryFindCondition } from './conditions';
import { at, listAt, textAt } from './fields';
import { degraded, Health, healthy, KubeObject, of, progressing } from './health';

/** Reasons of a waiting container that do not pass by themselves: `CrashLoopBackOff`, `ErrImagePull`, `CreateContainerConfigError`. */
const STUCK = /^Err|Error$|BackOff$/;

/** A pod of Argo CD's that is no hook may ask to be judged as if it were restarted always. */
const IGNORE_RESTART_POLICY = 'argocd.argoproj.io/ignore-restart-policy';
const HOOKS = ['argocd.argoproj.io/hook', 'helm.sh/hook'];

export function assessPod(object: KubeObject): Health {
  const statuses = [...listAt(object, 'status', 'initContainerStatuses'), ...listAt(object, 'status', 'containerStatuses')];
  const runsForever = isExpectedToRunForever(object);
  const stuck = statuses.find(status => STUCK.test(textAt(status, 'state', 'waiting', 'reason') ?? ''));
  if (runsForever && stuck !== undefined) {
    return degraded(textAt(stuck, 'state', 'waiting', 'message') ?? textAt(stuck, 'state', 'waiting', 'reason'));
  }
  switch (textAt(object, 'status', 'phase')) {
    case 'Pending':
      return progressing(textAt(object, 'status', 'message') ?? 'the pod is pending');
    case 'Succeeded':
      return healthy(textAt(object, 'status', 'message'));
    case 'Failed':
      return degraded(textAt(object, 'status', 'message') ?? exitOf(statuses) ?? 'the pod failed');
    case 'Running':
      return runsForever ? assessRunning(object, statuses) : progressing('the pod has not ended yet');
    default:
      return of('Unknown', textAt(object, 'status', 'message'));
  }
}

function assessRunning(object: KubeObject, statuses: readonly unknown[]): Health {
  if (tryFindCondition(object, 'Ready')?.status === 'True') {
    return healthy(textAt(object, 'status', 'message'));
  }
  const ended = statuses.find(status => at(status, 'lastState', 'terminated') !== undefined);
  return ended === undefined ? progressing('the containers are not ready') : degraded(`container ${textAt(ended, 'name')} was restarted and is not ready`);
}

/** The others are judged by their end, as a Job's pods are. */
function isExpectedToRunForever(object: KubeObject): boolean {
  const policy = textAt(object, 'spec', 'restartPolicy') ?? 'Always';
  const annotations = object.metadata?.annotations ?? {};
  const isHook = HOOKS.some(hook => annotations[hook] !== undefined);
  return policy === 'Always' || (annotations[IGNORE_RESTART_POLICY] === 'true' && !isHook);
}

function exitOf(statuses: readonly unknown[]): string | undefined {
  for (const status of statuses) {
    const code = at(status, 'state', 'terminated', 'exitCode');
    if (typeof code === 'number' && code !== 0) {
      return textAt(status, 'state', 'terminated', 'message') || `container ${textAt(status, 'name')} ended with exit code ${code}`;
    }
  }
  return undefined;
}
