import { existsSync, mkdirSync, readdirSync, writeFileSync } from 'node:fs';
import { basename, join, relative, resolve } from 'node:path';
import { Command } from 'commander';
import { FlotillaError } from '../../errors';
import { initFiles } from '../init-files';
import type { CommandContext } from '../run';
import { version } from '../version';

/** `flotilla init` */
export function initCommand({ io }: CommandContext): Command {
  return new Command('init')
    .description('write a small fleet to start from')
    .argument('[folder]', 'a new or empty folder', '.')
    .addHelpText('after', `
Example:
  $ flotilla init my-fleet && cd my-fleet && npm install && npx flotilla synth
`)
    .action((argument: string) => {
      const folder = resolve(io.cwd, argument);
      const found = existsSync(folder) ? readdirSync(folder).filter(name => name !== '.git') : [];
      if (found.length > 0) {
        throw new FlotillaError('FLT6004', {
          what: `${folder} is not empty: it holds ${found.slice(0, 5).join(', ')}${found.length > 5 ? ', …' : ''}`,
          fix: 'name a new folder: `flotilla init my-fleet`',
        });
      }
      const name = basename(folder).toLowerCase().replace(/[^a-z0-9-]+/g, '-').replace(/^-+|-+$/g, '') || 'fleet';
      mkdirSync(folder, { recursive: true });
      for (const [file, content] of initFiles(name, version())) {
        writeFileSync(join(folder, file), content);
      }
      const place = relative(io.cwd, folder);
      io.out([
        `A fleet '${name}' of three clusters and two applications is in ${place || '.'}: begin reading at main.ts.`,
        '',
        ...(place ? [`  cd ${place}`] : []),
        '  npm install',
        '  npx flotilla synth            # writes dist/: one folder a cluster',
        '',
      ].join('\n'));
    });
}
