import { execFile } from 'node:child_process';
import { join } from 'node:path';

/** Runs a test file that needs a control plane in a jest of its own, on a machine that has none. */
function jestWithoutControlPlane(environment: NodeJS.ProcessEnv): Promise<{ passed: boolean; output: string }> {
  const root = join(__dirname, '..', '..');
  const env = { ...process.env, KUBEBUILDER_ASSETS: '/nowhere', FLOTILLA_CONTROL_PLANE: '', FLOTILLA_CONTROL_PLANE_LOGS: '', ...environment };
  return new Promise(resolve => {
    execFile(process.execPath, [join(root, 'node_modules/jest/bin/jest.js'), '--runTestsByPath', 'test/control-plane/controllers.test.ts'],
      { cwd: root, env }, (error, stdout, stderr) => resolve({ passed: !error, output: stdout + stderr }));
  });
}

test('without a control plane the tests are skipped, and the end says which, how many and why', async () => {
  const { passed, output } = await jestWithoutControlPlane({ CI: '' });
  expect(passed).toBe(true);
  expect(output).toMatch(/Tests: +7 skipped, 7 total/);
  expect(output).toMatch(/\n7 real-cluster tests were skipped, as there is no control plane: KUBEBUILDER_ASSETS is '\/nowhere'/);
  expect(output).toContain('\n  a control plane with controllers (real cluster): 7\n');
});

test('in CI they fail with the reason', async () => {
  const { passed, output } = await jestWithoutControlPlane({ CI: 'true' });
  expect(passed).toBe(false);
  expect(output).toContain('no control plane: KUBEBUILDER_ASSETS is \'/nowhere\'');
  expect(output).toMatch(/Tests: +7 failed, 7 total/);
});
