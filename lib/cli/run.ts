import { Command, CommanderError } from 'commander';
import { FlotillaError } from '../errors';
import { agentCommand } from './commands/agent';
import { applyCommand } from './commands/apply';
import { approveCommand } from './commands/approve';
import { bootstrapCommand } from './commands/bootstrap';
import { clusterCommand } from './commands/cluster';
import { diffCommand } from './commands/diff';
import { explainCommand } from './commands/explain';
import { hubCommand } from './commands/hub';
import { importCommand } from './commands/import';
import { initCommand } from './commands/init';
import { planCommand } from './commands/plan';
import { sandboxCommand } from './commands/sandbox';
import { statusCommand } from './commands/status';
import { synthCommand } from './commands/synth';
import { EXIT, ExitCode } from './exit-code';
import type { Io } from './io';
import { version } from './version';

/** What the commands get: where to print, and where to leave their exit code. */
export interface CommandContext {
  readonly io: Io;
  exit(code: ExitCode): void;
}

/** In the order in which `--help` lists them. */
const COMMANDS = [
  initCommand, synthCommand, explainCommand, diffCommand, planCommand, applyCommand, agentCommand, hubCommand, statusCommand, approveCommand,
  bootstrapCommand, clusterCommand, sandboxCommand, importCommand,
];

/** Runs one command line; never throws. */
export async function runCommand(args: readonly string[], io: Io): Promise<ExitCode> {
  let code: ExitCode = EXIT.fine;
  const context: CommandContext = { io, exit: next => { code = next; } };
  const program = new Command('flotilla')
    .description('Typed fleets of Kubernetes clusters: model in TypeScript, synthesize to Git, reconcile every cluster.')
    .version(version())
    .exitOverride()
    // `import helm` has a --version of its own.
    .enablePositionalOptions()
    .configureOutput({ writeOut: text => io.out(text), writeErr: text => io.err(text) })
    .showHelpAfterError('(run with --help for the options and an example)')
    .addHelpText('after', `
Start here:
  $ flotilla init my-fleet && cd my-fleet && npm install
  $ flotilla synth                                  write the tree to dist/
  $ flotilla apply --dir dist                       make the clusters match it

Exit codes: 0 fine, 1 failed, 2 wrong use, 3 differences found (diff, plan), 130 stopped.
`);
  for (const make of COMMANDS) {
    const command = make(context);
    equip(command, command.name(), io);
    program.addCommand(command);
  }
  try {
    await program.parseAsync([...args], { from: 'user' });
    return code;
  } catch (error) {
    return explain(error, io);
  }
}

/** Commander passes none of this on to commands that are added. */
function equip(command: Command, path: string, io: Io): void {
  command.exitOverride().configureOutput({ writeOut: text => io.out(text), writeErr: text => io.err(text) });
  command.showHelpAfterError(`(run 'flotilla ${path} --help' for the options and an example)`);
  command.commands.forEach(sub => equip(sub, `${path} ${sub.name()}`, io));
}

function explain(error: unknown, io: Io): ExitCode {
  if (error instanceof CommanderError) {
    // Commander has printed what it had to say; --help and --version end with 0.
    return error.exitCode === 0 ? EXIT.fine : EXIT.usage;
  }
  if (io.signal.aborted) {
    io.err('stopped; what was begun is safe: run the same command again to go on\n');
    return EXIT.interrupted;
  }
  if (error instanceof FlotillaError) {
    io.err(`${error.errors.map(each => each.message).join('\n')}\n`);
    // FLT6xxx: the command line or the folder that it was called in; FLT8xxx: what the sandbox was asked for.
    return /^FLT[68]/.test(error.code) ? EXIT.usage : EXIT.failed;
  }
  const text = error instanceof Error ? error.stack ?? error.message : String(error);
  io.err(`FLT0001 flotilla met an error that it does not know\n${text}\n  fix report it, with the command and this text\n`);
  return EXIT.failed;
}
