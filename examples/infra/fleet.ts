import { Fleet } from 'cdk8s-flotilla';
import { CORPUS } from './corpus';

/** The words of the fleet. A ring is a step of a rollout: `ring-1` gets a change before `ring-2` does. */
export function newFleet() {
  return new Fleet('infra', {
    environments: ['development', 'staging', 'production'],
    labels: { ring: ['ring-1', 'ring-2', 'ring-3', 'ring-4'] },
    sourceFolders: [CORPUS],
  });
}

/** A fleet of these words. */
export type Infra = ReturnType<typeof newFleet>;
