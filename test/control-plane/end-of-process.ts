const tasks = new Set<() => void>();

/**
 * Runs a task when this process ends, at its own will, by Ctrl-C or by SIGTERM; the last one registered runs first. It must not wait.
 * Returns what takes the task back.
 */
export function atEnd(task: () => void): () => void {
  if (tasks.size === 0) listen();
  tasks.add(task);
  return () => {
    tasks.delete(task);
    if (tasks.size === 0) unlisten();
  };
}

function end(): void {
  for (const task of [...tasks].reverse()) task();
  tasks.clear();
}

/** Does what the signal would have done had nobody listened, unless another listener looks after that. */
function onSignal(signal: NodeJS.Signals): void {
  if (process.listenerCount(signal) > 1) return;
  end();
  unlisten();
  process.kill(process.pid, signal);
}

// Only while there is a task: a listener changes what Ctrl-C does to the process.
function listen(): void {
  process.on('exit', end);
  process.on('SIGINT', onSignal);
  process.on('SIGTERM', onSignal);
}

function unlisten(): void {
  process.off('exit', end);
  process.off('SIGINT', onSignal);
  process.off('SIGTERM', onSignal);
}
