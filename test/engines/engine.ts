import { get } from 'node:http';
import { connect } from 'node:net';

/** Somebody else's deployer, running beside us against a control plane of the tests. */
export interface Engine {
  /** Of its running processes. */
  readonly pids: readonly number[];
  /** The log files, one a process. */
  logs(): string[];
  /** Ends its processes and removes its files; the logs stay on demand, or when FLOTILLA_KEEP_LOGS is set. */
  stop(options?: { readonly keepLogs?: boolean }): Promise<void>;
}

/** Their images run with Go's own setting, unlike the control plane of the tests: their memory and time are to be what users get. */
export const GO_DEFAULTS = { GOGC: '100' };

/** Whether a URL answers 200: a question for the readiness of a server. */
export function answers(url: string): Promise<boolean> {
  return new Promise(resolve => {
    get(url, response => {
      response.resume();
      resolve(response.statusCode === 200);
    }).once('error', () => resolve(false));
  });
}

/** Whether somebody listens at a port of the loopback interface, where there is no URL to ask. */
export function acceptsConnections(port: number): Promise<boolean> {
  return new Promise(resolve => {
    const socket = connect(port, '127.0.0.1', () => {
      socket.destroy();
      resolve(true);
    }).once('error', () => resolve(false));
  });
}
