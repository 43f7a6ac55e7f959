import { existsSync } from 'node:fs';
import { kustomizeControllerBinaries } from './binaries';
import type { Engine } from './engine';
import { startKustomizeController } from './kustomize-controller';
import { kustomizeControllerPlan } from './recipe';
import { cacheFolder } from '../control-plane/build-plan';
import type { Plane } from '../control-plane/plane';

/**
 * Describes tests that need Flux's kustomize-controller: it starts for the cluster that `plane` gives before the first of them, and is stopped after the last.
 *
 * CI builds it, in three minutes and once; elsewhere they are skipped by name until it is built. `(Flux)` ends the title.
 */
export function describeWithFlux(title: string, plane: () => Plane, body: (engine: () => Engine) => void): void {
  const { name, hash } = kustomizeControllerPlan();
  const isThere = existsSync(cacheFolder(name, hash));
  (isThere || process.env.CI ? describe : describe.skip)(`${title} (Flux)`, () => {
    let engine: Engine | undefined;
    beforeAll(async () => {
      const binaries = await kustomizeControllerBinaries(line => process.stderr.write(`${line}\n`));
      if ('missing' in binaries) throw new Error(`no kustomize-controller: ${binaries.missing}`);
      // It looks for what another Kustomization waits for every 30 s.
      engine = await startKustomizeController(plane(), { binaries, raised: true, flags: ['--requeue-dependency=1s'] });
    }, 20 * 60_000);
    afterAll(() => engine?.stop());
    body(() => engine!);
  });
}
