import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { overlaid } from './overlaid';
import { REFERRING } from './referring';
import { AnyOverlayProps } from '../../../lib/model/overlay-props';
import { formatIdentity, identityOf, Manifest } from '../../../lib/tree/manifest';
import { parseYamlDocuments } from '../../../lib/yaml/parse';
import { kustomize } from '../../kustomize';
import { hasKubectl } from '../../yaml/kubectl';

const CORPORA = join(__dirname, '../../../../shared/corpora');
const read = (file: string) => parseYamlDocuments(readFileSync(join(CORPORA, file), 'utf8'), file).filter(Boolean) as Manifest[];

const INPUTS: readonly (readonly [name: string, read: () => Manifest[]])[] = [
  ['the microservices demo', () => read('microservices-demo/kubernetes-manifests.yaml')],
  ['ingress-nginx for clouds', () => read('ingress-nginx/provider/cloud/deploy.yaml')],
  ['ingress-nginx for kind', () => read('ingress-nginx/provider/kind/deploy.yaml')],
  ['ingress-nginx for AWS', () => read('ingress-nginx/provider/aws/deploy.yaml')],
  ['objects that refer to each other', () => REFERRING],
];

const TRANSFORMATIONS: readonly (readonly [name: string, props: AnyOverlayProps, kustomization: object])[] = [
  ['a name prefix', { namePrefix: 'eu-' }, { namePrefix: 'eu-' }],
  ['a name suffix', { nameSuffix: '-eu' }, { nameSuffix: '-eu' }],
  ['a namespace', { namespace: 'elsewhere' }, { namespace: 'elsewhere' }],
  ['a namespace, a prefix and a suffix', { namespace: 'elsewhere', namePrefix: 'a-', nameSuffix: '-z' }, { namespace: 'elsewhere', namePrefix: 'a-', nameSuffix: '-z' }],
  ['labels', { labels: { 'team': 'checkout', 'example.com/x': '' } }, { labels: [{ pairs: { 'team': 'checkout', 'example.com/x': '' }, includeTemplates: true }] }],
  ['annotations', { annotations: { 'example.com/owner': 'checkout' } }, { commonAnnotations: { 'example.com/owner': 'checkout' } }],
  ['images', {
    images: { 'busybox': '1.37', 'redis': 'sha256:0123456789abcdef', 'registry.k8s.io/ingress-nginx/controller': 'mirror.example:5000/nginx:2' }, optional: true,
  }, {
    images: [
      { name: 'busybox', newTag: '1.37' }, { name: 'redis', digest: 'sha256:0123456789abcdef' },
      { name: 'registry.k8s.io/ingress-nginx/controller', newName: 'mirror.example:5000/nginx', newTag: '2' },
    ],
  }],
];

const byIdentity = (manifests: readonly Manifest[]) => Object.fromEntries(manifests.map(manifest => [formatIdentity(identityOf(manifest)), manifest]));

const present = existsSync(CORPORA) && hasKubectl;
const title = '%s on %s gives what kubectl kustomize gives';
const cases = INPUTS.flatMap(([input, manifests]) => TRANSFORMATIONS.map(([change, props, kustomization]) => (
  [change, input, manifests, props, kustomization] as const)));

(present ? test.each(cases) : test.skip.each(cases.slice(0, 1)))(title, (_change, _input, manifests, props, kustomization) => {
  const found = overlaid(manifests(), props);
  expect(byIdentity(found)).toEqual(byIdentity(kustomize(manifests(), kustomization)));
});

(present ? test : test.skip)('replicas by name are those of kubectl kustomize', () => {
  const manifests = read('microservices-demo/kubernetes-manifests.yaml');
  expect(byIdentity(overlaid(manifests, { replicas: { frontend: 6, cartservice: 0 } })))
    .toEqual(byIdentity(kustomize(manifests, { replicas: [{ name: 'frontend', count: 6 }, { name: 'cartservice', count: 0 }] })));
});
