import type { Run } from '../contender';

/** Somebody else's deployer that runs all the time, and is told what to do by objects in the cluster. */
export interface Peer {
  readonly name: string;
  /** Delivers a folder of plain YAML, for the first time, into a namespace that is there and empty. Ends when the peer says that all of it is applied. */
  install(namespace: string, folder: string): Promise<Run>;
  /** Has the peer look again at what has not changed. */
  again(): Promise<Run>;
  /** Delivers the next version: a folder that takes the place of the one before. */
  change(folder: string): Promise<Run>;
  /** From an edit of a ConfigMap by somebody else to its value as delivered. Nobody tells the peer to look. */
  heal(configMap: string): Promise<Run>;
  /** Takes back the delivery, with its objects, so that the next one finds the cluster as this one did. */
  remove(): Promise<void>;
  /** Its processes stand still: what others do costs it nothing, and it costs them nothing. */
  rest(): void;
  /** Goes on, and waits until it has caught up with what happened meanwhile. */
  wake(): Promise<void>;
  stop(): Promise<void>;
}
