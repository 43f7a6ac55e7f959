import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { verdictOf } from './one-object';
import { parseYamlDocuments } from '../../../lib/yaml/parse';

const CORPORA = join(__dirname, '../../../../shared/corpora');
const present = existsSync(CORPORA);

const list = (folder: string, file = '') => readdirSync(join(CORPORA, folder)).map(name => join(folder, name, file)).filter(path => existsSync(join(CORPORA, path)));
const files = present ? [
  'argo-cd/install.yaml', 'microservices-demo/kubernetes-manifests.yaml', ...list('ingress-nginx/provider', 'deploy.yaml'), 'ingress-nginx/provider/aws/nlb-with-tls-termination/deploy.yaml',
  ...list('charts/expected'), ...list('infra-deployments/expected'),
] : ['the corpora are not here'];

/** All that there is to find. Each was looked at, and is so. */
const FOUND: Readonly<Record<string, readonly string[]>> = {
  // Server-side apply refuses it.
  'ingress-nginx/provider/aws/nlb-with-tls-termination/deploy.yaml': [
    'FLT2304 Deployment.apps/ingress-nginx/ingress-nginx-controller has containerPort: 80, protocol: TCP twice in spec.template.spec.containers[0].ports: items 0 and 1',
  ],
  // Its values say that the Secret is there already.
  'charts/expected/metrics-server--tls-existingSecret-values.yaml': [
    "FLT2309 Deployment.apps/charts/rel-metrics-server names the Secret 'metrics-server-existing' at spec.template.spec.volumes[1].secret.secretName, "
    + 'and nothing on the cluster makes it',
  ],
};

(present ? test.each(files) : test.skip.each(files))('in %s, which people run, nothing is found that is not so', file => {
  const objects = parseYamlDocuments(readFileSync(join(CORPORA, file), 'utf8'), file);
  const { errors, warnings } = verdictOf(objects.map(withoutData), { namespace: file.startsWith('argo-cd') ? 'argocd' : 'default' });
  expect([...errors, ...warnings]).toEqual(FOUND[file] ?? []);
});

/** A Secret in plain text is an error of its own, which hides all warnings. */
function withoutData(object: unknown): unknown {
  const { data, stringData, ...others } = object as Record<string, unknown>;
  return others.kind === 'Secret' && others.apiVersion === 'v1' ? others : object;
}
