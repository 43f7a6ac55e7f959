import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { Include } from 'cdk8s';
import { load, loadAll } from 'js-yaml';
import { shop } from './one-cluster';
import { Application, Manifest } from '../../lib';
import { formatIdentity, identityOf } from '../../lib/tree/manifest';

const CORPORA = join(__dirname, '../../../shared/corpora');
const PROVIDERS = join(CORPORA, 'ingress-nginx/provider');
const present = existsSync(CORPORA);

const files = present ? ['argo-cd/install.yaml', ...readdirSync(PROVIDERS).map(name => `ingress-nginx/provider/${name}/deploy.yaml`)] : [];

(present ? test.each(files) : test.skip.each(['the corpora are not here']))('%s comes out of synth as it went in, object by object', file => {
  const documents = loadAll(readFileSync(join(CORPORA, file), 'utf8')).filter(Boolean) as Manifest[];
  const fleet = shop();
  new Application(fleet, 'included', { namespace: 'argocd', placement: {}, render: chart => { new Include(chart, 'include', { url: join(CORPORA, file) }); } });
  const { files: tree, objects } = fleet.synthesize();
  const found = [...tree].filter(([path]) => path.split('/').length > 3).map(([, content]) => load(content) as Manifest);

  expect(objects).toBe(documents.length);
  expect(byIdentity(found)).toEqual(byIdentity(documents.map(document => withoutNulls(inNamespace(document)) as Manifest)));
});

function byIdentity(manifests: readonly Manifest[]): Record<string, Manifest> {
  return Object.fromEntries(manifests.map(manifest => [formatIdentity(identityOf(manifest)), manifest]));
}

/** What kubectl does with `-n argocd`, for the kinds in these files. */
function inNamespace(document: Manifest): Manifest {
  const ofCluster = /^(Cluster|Namespace$|CustomResourceDefinition$|IngressClass$|ValidatingWebhookConfiguration$)/.test(document.kind);
  return ofCluster ? document : { ...document, metadata: { namespace: 'argocd', ...document.metadata } };
}

/** cdk8s leaves out what is null, and what is empty in metadata. To Kubernetes that is the same. */
function withoutNulls(value: unknown): unknown {
  if (Array.isArray(value)) {
    return value.map(withoutNulls);
  }
  return typeof value === 'object' && value !== null
    ? Object.fromEntries(Object.entries(value).filter(([, inner]) => inner !== null).map(([key, inner]) => [key, withoutNulls(inner)])) : value;
}
