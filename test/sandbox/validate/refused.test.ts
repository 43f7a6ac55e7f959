import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { decode } from './decode';
import { applyDefaults } from '../../../lib/sandbox/defaults/apply-defaults';
import { prepareForCreate } from '../../../lib/sandbox/defaults/prepare';
import type { JsonMap } from '../../../lib/sandbox/json';
import type { ServedResource } from '../../../lib/sandbox/served-resource';
import { invalid } from '../../../lib/sandbox/validate/invalid';
import { validateCreate } from '../../../lib/sandbox/validate/validate';
import { parseYamlDocuments } from '../../../lib/yaml/parse';
import { describeWithCluster } from '../../control-plane/describe-cluster';
import { collectionPath, readServedKinds } from '../defaults/served-kinds';

const table = parseYamlDocuments(readFileSync(join(__dirname, 'refused.yaml'), 'utf8'), 'refused.yaml') as JsonMap[];

describeWithCluster('what the real server refuses', {}, context => {
  let kinds: Map<string, ServedResource>;
  beforeAll(async () => {
    kinds = await readServedKinds(context.kube);
  });

  test.each(table.map((manifest, i) => [i, manifest.apiVersion, manifest.kind] as const))('%i: %s %s', async i => {
    const { metadata, ...rest } = table[i];
    const resource = kinds.get(`${String(rest.apiVersion)} ${String(rest.kind)}`) as ServedResource;
    const sent = { ...rest, metadata: { ...metadata as JsonMap, ...(resource.namespaced ? { namespace: 'default' } : {}) } };
    const { status, body } = await context.kube.request('POST', `${collectionPath(resource)}?dryRun=All`, sent);
    expect(status).toBe(422);
    const object = decode(resource, sent);
    applyDefaults(resource, object);
    (object.metadata as JsonMap).uid = 'u';
    prepareForCreate(resource, object, { now: new Date() });
    const causes = validateCreate(resource, object);
    // In which order maps are gone through is chance on the real server.
    const sorted = (list: readonly object[]) => list.map(cause => JSON.stringify(cause, ['field', 'reason', 'message'])).sort();
    expect(sorted(causes)).toEqual(sorted((body as { details: { causes: object[] } }).details.causes));
    const ours = invalid(resource, String((metadata as JsonMap).name), causes);
    if (causes.length === 1) expect(ours.toStatus()).toEqual(body);
  });
});
