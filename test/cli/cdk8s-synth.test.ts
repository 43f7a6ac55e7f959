import { execFile } from 'node:child_process';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { flotilla } from './flotilla';
import { readFolder } from '../../lib/cli/read-folder';
import { temporaryFolder } from '../temporary-folder';

const EXAMPLE = join(__dirname, '..', '..', 'examples', 'boutique');
const CDK8S = join(__dirname, '..', '..', 'node_modules', 'cdk8s-cli', 'bin', 'cdk8s');

test('the real `cdk8s synth` and `flotilla synth` write the same bytes', async () => {
  const folder = temporaryFolder();
  const [ours, theirs] = [join(folder, 'ours'), join(folder, 'theirs')];
  const result = await flotilla(['synth', '--output', ours], { cwd: EXAMPLE });
  expect(result.code).toBe(0);
  // cdk8s asks a registry for newer versions of itself unless it is told not to.
  await promisify(execFile)(process.execPath, [CDK8S, 'synth', '--output', theirs], { cwd: EXAMPLE, env: { ...process.env, CI: '1', CDK8S_DISABLE_VERSION_CHECK: '1' } });
  const files = readFolder(ours);
  expect(files.size).toBeGreaterThan(400);
  expect(readFolder(theirs)).toEqual(files);
}, 180_000);
