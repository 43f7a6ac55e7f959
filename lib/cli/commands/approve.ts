import { Command } from 'commander';
import { FlotillaError } from '../../errors';
import { commitToBranch } from '../../git/commit';
import { listTree, readBlobs } from '../../git/read';
import { approvalDocument, approvalFile, parseApproval } from '../../reconcile/load';
import { deliveryFile, FLEET_FILE } from '../../tree/paths';
import { emitYaml } from '../../yaml/emit';
import { Format, outputOption, print } from '../output';
import type { CommandContext } from '../run';
import { DEFAULT_BRANCH } from '../tree-options';

interface ApproveOptions {
  readonly repo: string;
  readonly branch: string;
  readonly format: Format;
}

/** `flotilla approve` */
export function approveCommand({ io }: CommandContext): Command {
  return new Command('approve')
    .description('approve, in Git, deletions that were held because they are over the prune budget')
    .argument('<cluster/application>', 'the target whose deletions are held')
    .argument('<digest>', 'which deletions: the 12 digits that status, plan and apply show')
    .requiredOption('--repo <url>', 'the Git repository of the tree: a URL, a remote\'s name or a path')
    .option('--branch <name>', 'its branch', DEFAULT_BRANCH)
    .addOption(outputOption())
    .addHelpText('after', `
The approval covers exactly the list of objects that the digest stands for: when the list changes, it is void.

Example:
  $ flotilla approve prod-eu-west-1/web 3f2a90c41b7d --repo git@example.com:shop/live.git
`)
    .action(async (target: string, digest: string, options: ApproveOptions) => {
      const [cluster, application] = parseTarget(target);
      if (!/^[0-9a-f]{12}$/.test(digest)) {
        throw new FlotillaError('FLT6008', { what: `'${digest}' is not the digest of held deletions`, fix: 'copy the 12 digits that `flotilla status` shows' });
      }
      const file = approvalFile(cluster, application);
      const result = await commitToBranch({
        remote: options.repo, branch: options.branch, cwd: io.cwd, signal: io.signal,
        build: async parent => {
          const files = new Map((parent ? await listTree(parent.repository, parent.commit, [FLEET_FILE, 'clusters']) : []).map(each => [each.path, each.id]));
          if (!files.has(FLEET_FILE)) {
            throw new FlotillaError('FLT3005', { what: `${options.branch} of ${options.repo} holds no fleet`, fix: 'name the branch to which the fleet is synthesized' });
          }
          const id = files.get(file);
          const former = id && parent ? parseApproval((await readBlobs(parent.repository, [id])).get(id)?.toString('utf8') ?? '', file) : [];
          if (former.includes(digest)) {
            return undefined;
          }
          const body = files.has(deliveryFile(cluster, application)) ? '' : `\n\nThe application ${application} left the tree.`;
          return {
            writes: new Map([[file, Buffer.from(emitYaml(approvalDocument(cluster, application, [...former, digest])))]]),
            deletes: [],
            message: `flotilla: approve deletions ${digest} of ${application} on ${cluster}${body}`,
          };
        },
      });
      print(io, options.format, { cluster, application, digest, outcome: result.outcome, commit: result.commit }, data => data.outcome === 'unchanged'
        ? `${digest} of ${target} was approved before: no commit\n`
        : `${digest} of ${target} is approved in ${data.commit?.slice(0, 12)}; the next apply deletes it\n`);
    });
}

function parseTarget(target: string): [string, string] {
  const match = /^([a-z0-9-]+)\/([a-z0-9-]+)$/.exec(target);
  if (!match) {
    throw new FlotillaError('FLT6008', { what: `'${target}' does not name a target`, fix: 'name a cluster and an application: `prod-eu-west-1/web`' });
  }
  return [match[1], match[2]];
}
