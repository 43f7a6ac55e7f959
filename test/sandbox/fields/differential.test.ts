import { History } from './history';
import { kinds, type Kind } from './manifests';
import { Random } from './random';
import { FieldManager } from '../../../lib/sandbox/fields/field-manager';
import { builtinSchemas } from '../../../lib/sandbox/schema/builtin-schemas';
import { definedResources } from '../../../lib/sandbox/schema/definition';
import type { ServedResource } from '../../../lib/sandbox/served-resource';
import { describeWithCluster } from '../../control-plane/describe-cluster';
import { waitUntil } from '../../control-plane/wait-until';
import { gadget, widget } from '../schema/definitions';

const HISTORIES = Number(process.env.FLOTILLA_FIELD_HISTORIES ?? 40);
const STEPS = 10;

describeWithCluster('who owns which field after any history of writes', {}, context => {
  const resources = [...builtinSchemas().resources, ...definedResources(widget), ...definedResources(gadget)];

  beforeAll(async () => {
    for (const definition of [widget, gadget]) await context.kube.create(definition as never);
    await waitUntil('custom resources are served', async () => {
      await context.kube.get('/apis/example.com/v1/widgets');
      return context.kube.get('/apis/example.com/v1/gadgets');
    });
  });

  test.each(kinds.map(kind => [kind.kind, kind] as const))('%s: the sandbox says what the real server says', async (_, kind) => {
    const versions = [kind, ...kind.other ? [kind.other] : []].map(each => ({ kind: each, manager: fieldManager(each, resources) }));
    let writes = 0;
    let conflicts = 0;
    for (let seed = 1; seed <= HISTORIES; seed++) {
      const history = new History(context.kube, versions, new Random(seed), seed);
      await history.run(STEPS);
      writes += history.writes;
      conflicts += history.conflicts;
    }
    // A history that is refused all the time proves nothing.
    expect(writes).toBeGreaterThan(HISTORIES * STEPS * 0.4);
    expect(conflicts).toBeGreaterThan(HISTORIES / 4);
  });
});

function fieldManager({ apiVersion, plural }: Kind, resources: readonly ServedResource[]): FieldManager {
  const versions = resources.filter(each => each.plural === plural && apiVersion.split('/').slice(0, -1).join('/') === each.group);
  const version = apiVersion.split('/').at(-1);
  return new FieldManager(versions.find(each => each.version === version)!, versions);
}
