import { readFileSync } from 'node:fs';
import { Target } from './target';
import { Sandbox } from '../../../lib/sandbox/sandbox';
import { describeWithCluster } from '../../control-plane/describe-cluster';

/**
 * Describes what both a real kube-apiserver and the sandbox do: one source, run on each of them.
 *
 * @param body makes the tests; the target is there from the first of them on
 */
export function conforms(title: string, body: (target: () => Target) => void): void {
  describe(`the sandbox: ${title}`, () => {
    let sandbox: Sandbox;
    let target: Target;
    beforeAll(async () => {
      sandbox = await Sandbox.start({ controllers: false, users: { nobody: [], limited: [], tenant: [] } });
      target = new Target({ url: sandbox.url, ca: sandbox.ca, tokenOf: user => sandbox.findToken(user), compact: () => sandbox.compact() });
    });
    afterAll(async () => {
      target.close();
      await sandbox.close();
    });
    body(() => target);
  });

  describeWithCluster(title, {}, context => {
    let target: Target;
    beforeAll(() => {
      const { plane } = context;
      target = new Target({ url: plane.url, ca: readFileSync(plane.caFile, 'utf8'), tokenOf: user => plane.user(user).token, compact: () => plane.compact() });
    });
    afterAll(() => target?.close());
    body(() => target);
  });
}
