#!/usr/bin/env node
import { EXIT } from './exit-code';
import { processIo } from './io';
import { runCommand } from './run';

const stop = new AbortController();
process.on('SIGINT', () => {
  // The second one is meant.
  if (stop.signal.aborted) {
    process.exit(EXIT.interrupted);
  }
  process.stderr.write('stopping; press Ctrl-C again to leave at once\n');
  stop.abort(new Error('stopped'));
});
process.on('SIGTERM', () => stop.abort(new Error('stopped')));

void runCommand(process.argv.slice(2), processIo(stop.signal)).then(code => {
  process.exitCode = code;
});
