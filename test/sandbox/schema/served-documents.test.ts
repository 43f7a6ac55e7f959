import { createHash } from 'node:crypto';
import { gadget, widget } from './definitions';
import type { JsonMap } from '../../../lib/sandbox/json';
import { builtinSchemas } from '../../../lib/sandbox/schema/builtin-schemas';
import { definedResources } from '../../../lib/sandbox/schema/definition';
import { DiscoveryDocuments } from '../../../lib/sandbox/schema/discovery';
import { OpenApiDocuments } from '../../../lib/sandbox/schema/openapi';
import { describeWithCluster } from '../../control-plane/describe-cluster';
import { waitUntil } from '../../control-plane/wait-until';

const AGGREGATED = { accept: 'application/json;g=apidiscovery.k8s.io;v=v2;as=APIGroupDiscoveryList' };

describeWithCluster('the documents of the sandbox are those of kube-apiserver', {}, context => {
  const read = async (path: string, headers: Record<string, string> = {}) => {
    const { body } = await context.kube.request('GET', path, undefined, headers);
    // The index of OpenAPI comes as text/plain.
    return (typeof body === 'string' && body.startsWith('{') ? JSON.parse(body) : body) as JsonMap;
  };

  describe('of a new cluster', () => {
    const discovery = new DiscoveryDocuments(builtinSchemas().resources);
    const openapi = new OpenApiDocuments(builtinSchemas().resources);

    test('aggregated discovery is equal', async () => {
      expect(discovery.aggregatedApi).toEqual(await read('/api', AGGREGATED));
      expect(discovery.aggregatedApis).toEqual(await read('/apis', AGGREGATED));
    });

    test('discovery group by group is equal', async () => {
      const groups = await read('/apis');
      expect(discovery.groupList).toEqual(groups);
      expect(discovery.tryResourceList('', 'v1')).toEqual(await read('/api/v1'));
      for (const { name, versions } of groups.groups as { name: string; versions: { version: string }[] }[]) {
        expect(discovery.tryGroup(name)).toEqual(await read(`/apis/${name}`));
        for (const { version } of versions) expect(discovery.tryResourceList(name, version)).toEqual(await read(`/apis/${name}/${version}`));
      }
      expect(discovery.apiVersions(new URL(context.plane.url).host)).toEqual(await read('/api'));
    });

    test('the index of OpenAPI is equal, and so are the bytes of each document', async () => {
      const index = await read('/openapi/v3');
      expect(openapi.index).toEqual(index);
      for (const name of Object.keys(index.paths as JsonMap)) {
        const { text, hash } = openapi.tryDocument(name)!;
        expect({ name, hash: createHash('sha512').update(text).digest('hex').toUpperCase() }).toEqual({ name, hash });
      }
    });

    test('the objects that a new cluster has are all there', async () => {
      for (const path of ['/apis/rbac.authorization.k8s.io/v1/clusterroles', '/api/v1/namespaces', '/apis/flowcontrol.apiserver.k8s.io/v1/flowschemas']) {
        const found = await context.kube.list(path);
        const ours = builtinSchemas().objects.filter(({ kind }) => kind === found[0].kind) as { metadata: JsonMap }[];
        expect(ours.map(({ metadata }) => metadata.name).sort()).toEqual(found.map(({ metadata }) => metadata.name).sort());
        for (const { metadata: { name, labels, annotations } } of found) {
          expect(ours.find(({ metadata }) => metadata.name === name)?.metadata).toEqual(JSON.parse(JSON.stringify({ name, labels, annotations })));
        }
      }
    });
  });

  describe('with custom resources', () => {
    let discovery: DiscoveryDocuments;
    let openapi: OpenApiDocuments;

    beforeAll(async () => {
      const definitions: JsonMap[] = [];
      for (const definition of [widget, gadget]) {
        await context.kube.create(definition as never);
        const path = `/apis/apiextensions.k8s.io/v1/customresourcedefinitions/${definition.metadata.name}`;
        await waitUntil('the definition is accepted', async () => JSON.stringify(await context.kube.get(path)).includes('"InitialNamesAccepted"'));
        definitions.push(await context.kube.get(path) as unknown as JsonMap);
      }
      await waitUntil('the definitions are served', async () => JSON.stringify(await read('/openapi/v3/apis/example.com/v1')).includes('gadgets'));
      await waitUntil('the definitions are discovered', async () => JSON.stringify(await read('/apis/example.com/v1')).includes('gadgets'));
      const resources = [...builtinSchemas().resources, ...definitions.flatMap(each => definedResources(each))];
      discovery = new DiscoveryDocuments(resources);
      openapi = new OpenApiDocuments(resources);
    });

    test('aggregated discovery is equal', async () => {
      expect(discovery.aggregatedApis).toEqual(await read('/apis', AGGREGATED));
    });

    test('discovery group by group is equal, but for the order of the resources', async () => {
      expect(discovery.groupList).toEqual(await read('/apis'));
      expect(discovery.tryGroup('example.com')).toEqual(await read('/apis/example.com'));
      for (const version of ['v1', 'v1beta1']) {
        const real = await read(`/apis/example.com/${version}`);
        const ours = discovery.tryResourceList('example.com', version)!;
        expect({ ...ours, resources: byName(ours.resources) }).toEqual({ ...real, resources: byName(real.resources) });
      }
    });

    test('the definitions of OpenAPI 2 are equal, but for the groups of what every group has, and so are the paths with a PATCH', async () => {
      const hasAll = (found: Swagger) => Object.keys(found.definitions).some(name => name.endsWith('.v1.Gadget')) && found;
      const real = await waitUntil('OpenAPI 2 has the definitions', async () => hasAll(await read('/openapi/v2') as unknown as Swagger));
      const ours = JSON.parse(openapi.swagger.text) as Swagger;
      expect(Object.keys(ours.definitions).sort()).toEqual(Object.keys(real.definitions).sort());
      for (const type of Object.keys(real.definitions)) {
        const [own, its] = [ours, real].map(({ definitions }) => ({ ...definitions[type], ...OF_EVERY_GROUP.test(type) ? { 'x-kubernetes-group-version-kind': 0 } : {} }));
        expect({ type, is: own }).toEqual({ type, is: its });
      }
      const patched = ({ paths }: Swagger) => Object.entries(paths).filter(([, { patch }]) => patch).map(([path, { patch }]) => [path, patch!['x-kubernetes-group-version-kind']]);
      expect(patched(ours).sort()).toEqual(patched(real).sort());
    });

    test('their OpenAPI documents are equal, paths and types, but for the groups of DeleteOptions', async () => {
      expect(Object.keys(openapi.index.paths)).toEqual(Object.keys((await read('/openapi/v3')).paths as JsonMap));
      for (const name of ['apis/example.com/v1', 'apis/example.com/v1beta1']) {
        const real = await read(`/openapi/v3/${name}`) as { paths: JsonMap; components: { schemas: JsonMap } };
        const ours = JSON.parse(openapi.tryDocument(name)!.text) as typeof real;
        expect(Object.keys(ours.paths)).toEqual(Object.keys(real.paths));
        for (const path of Object.keys(real.paths)) expect({ path, is: ours.paths[path] }).toEqual({ path, is: real.paths[path] });
        expect(Object.keys(ours.components.schemas)).toEqual(Object.keys(real.components.schemas));
        const deleteOptions = [real, ours].map(({ components }) => components.schemas['io.k8s.apimachinery.pkg.apis.meta.v1.DeleteOptions'] as JsonMap);
        // A list of groups that exist, or existed, which nobody reads.
        for (const options of deleteOptions) delete options['x-kubernetes-group-version-kind'];
        for (const type of Object.keys(real.components.schemas)) {
          expect({ type, is: ours.components.schemas[type] }).toEqual({ type, is: real.components.schemas[type] });
        }
        expect({ ...ours, paths: 0, components: 0 }).toEqual({ ...real, paths: 0, components: 0 });
      }
    });
  });
});

interface Swagger {
  readonly definitions: Record<string, JsonMap>;
  readonly paths: Record<string, { readonly patch?: JsonMap }>;
}

const OF_EVERY_GROUP = /\.meta\.v1\.(DeleteOptions|WatchEvent)$/;

function byName(resources: unknown): unknown {
  return (resources as { name: string }[]).toSorted((a, b) => a.name < b.name ? -1 : 1);
}
