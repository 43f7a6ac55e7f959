import { equalJson } from '../equal-json';
import { isMap, type Json, type JsonMap } from '../json';

/**
 * Keeps an owner that is named twice once, in place, and warns of it. The real server does so before it notes who owns what, but for patches, and once more
 * after admission.
 */
export function nameOwnersOnce(metadata: Json | undefined, warnings: string[], isAdmitted: boolean): void {
  if (!isMap(metadata) || !Array.isArray(metadata.ownerReferences)) return;
  const kept: Json[] = [];
  const duplicates: string[] = [];
  for (const owner of metadata.ownerReferences) {
    if (kept.some(each => equalJson(each, owner))) duplicates.push(String((owner as JsonMap).uid ?? ''));
    else kept.push(owner);
  }
  if (duplicates.length === 0) return;
  metadata.ownerReferences = kept;
  warnings.push(`.metadata.ownerReferences contains duplicate entries${isAdmitted ? ' after mutating admission happens' : ''}; API server dedups owner references in 1.20+, `
    + `and may reject such requests as early as 1.24; please fix your requests; duplicate UID(s) observed: ${duplicates.join(', ')}`);
}
