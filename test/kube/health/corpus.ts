import * as fs from 'node:fs';
import * as path from 'node:path';
import { load } from 'js-yaml';
import { HealthStatus, KubeObject } from '../../../lib/kube/health';
import { parseYaml } from '../../../lib/yaml/parse';

const FOLDER = path.join(__dirname, '..', '..', '..', '..', 'shared', 'corpora', 'health');

export interface HealthCase {
  /** Group, kind and file name. */
  readonly title: string;
  readonly object: KubeObject;
  readonly status: HealthStatus;
}

/** Cases of Argo CD; none where the corpora do not lie beside the project. */
export function readHealthCases(file: string): readonly HealthCase[] {
  const full = path.join(FOLDER, file);
  if (!fs.existsSync(full)) {
    return [];
  }
  const cases = JSON.parse(fs.readFileSync(full, 'utf8')) as Array<{ name: string; manifest: string; status: HealthStatus }>;
  return cases.map(({ name, manifest, status }) => {
    const object = readLoosely(manifest);
    return { title: `${object.apiVersion} ${object.kind} ${name}`, object, status };
  });
}

/** A few of the manifests are no manifests to us: one sets a key twice, one has a count of nanoseconds that no double holds. */
function readLoosely(manifest: string): KubeObject {
  try {
    return parseYaml(manifest, 'case.yaml') as KubeObject;
  } catch {
    return load(manifest, { json: true }) as KubeObject;
  }
}
