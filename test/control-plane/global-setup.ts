import { mkdtempSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { controlPlaneBinaries } from './binaries';
import { tellFound } from './found-once';
import { needsControlPlane, type Selection } from './selected-tests';

/** Finds or builds a control plane, once a run of jest and before it reads the test files: each of them then knows at once whether it can run or is skipped. */
export default async function globalSetup(selection: Selection): Promise<void> {
  if (!needsControlPlane(selection)) return;
  const found = await controlPlaneBinaries({ progress: line => process.stderr.write(`${line}\n`) });
  tellFound(found, mkdtempSync(join(tmpdir(), 'flotilla-plane-logs-')));
}
