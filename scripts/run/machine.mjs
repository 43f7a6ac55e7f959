import { spawnSync } from 'node:child_process';

const LEAST_NODE = [20, 19];

/** Says what this machine lacks; 0 when nothing. */
export function checkMachine() {
  const [major, minor] = process.versions.node.split('.').map(Number);
  if (major < LEAST_NODE[0] || (major === LEAST_NODE[0] && minor < LEAST_NODE[1])) {
    return refuse(`Node.js ${LEAST_NODE.join('.')} or later is needed, and this is ${process.versions.node}`);
  }
  if (spawnSync('git', ['--version']).status !== 0) {
    return refuse('git is needed, and there is none in PATH');
  }
  return 0;
}

function refuse(reason) {
  process.stderr.write(`${reason}\n`);
  return 1;
}
