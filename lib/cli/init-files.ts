/** What `flotilla init` writes: a fleet of three clusters and two applications, small enough to read at once. */
export function initFiles(name: string, version: string): ReadonlyMap<string, string> {
  return new Map([
    ['main.ts', MAIN.replaceAll('FLEET', name)],
    ['hello.ts', HELLO],
    ['cdk8s.yaml', 'language: typescript\napp: npx tsx main.ts\n'],
    ['package.json', `${JSON.stringify(packageJson(name, version), undefined, 2)}\n`],
    ['tsconfig.json', `${JSON.stringify(TSCONFIG, undefined, 2)}\n`],
    ['.gitignore', 'node_modules/\ndist/\n'],
  ]);
}

const MAIN = `import { Application, Cluster, Environment, Fleet } from 'cdk8s-flotilla';
import { ApiObject } from 'cdk8s';
import { renderHello } from './hello';

// The labels of the clusters are a closed vocabulary: a misspelt one does not compile.
const fleet = new Fleet('FLEET', {
  environments: ['dev', 'prod'],
  labels: { region: ['us-east-1', 'eu-west-1'] },
});

const dev = new Environment(fleet, 'dev');
const prod = new Environment(fleet, 'prod');
// A cluster's name is the name of its context in your kubeconfig, unless \`access.context\` says otherwise.
new Cluster(dev, 'dev-us-east-1', { labels: { region: 'us-east-1' } });
new Cluster(prod, 'prod-us-east-1', { labels: { region: 'us-east-1' } });
new Cluster(prod, 'prod-eu-west-1', { labels: { region: 'eu-west-1' } });

const platform = new Application(fleet, 'platform', {
  placement: {}, // everywhere
  render: chart => {
    new ApiObject(chart, 'namespace', { apiVersion: 'v1', kind: 'Namespace', metadata: { name: 'hello' } });
  },
});

new Application(fleet, 'hello', {
  namespace: 'hello',
  placement: { environment: ['dev', 'prod'] },
  dependsOn: [platform],
  values: { image: 'registry.k8s.io/e2e-test-images/agnhost:2.53', replicas: 1, greeting: 'hello' },
  // They apply in the order written; the later wins.
  overlays: [
    { where: { environment: 'prod' }, values: { replicas: 3 } },
    { where: { region: 'eu-west-1' }, values: { greeting: 'bonjour' } },
  ],
  render: renderHello,
});

fleet.synth();
`;

const HELLO = `import { ApiObject, Chart } from 'cdk8s';

export interface HelloValues {
  image: string;
  replicas: number;
  greeting: string;
}

/** The objects of one target; any cdk8s construct works here. */
export function renderHello(chart: Chart, values: HelloValues) {
  const labels = { app: 'hello' };
  const config = new ApiObject(chart, 'config', {
    apiVersion: 'v1',
    kind: 'ConfigMap',
    metadata: { name: 'hello' },
    data: { GREETING: values.greeting },
  });
  const deployment = new ApiObject(chart, 'deployment', {
    apiVersion: 'apps/v1',
    kind: 'Deployment',
    metadata: { name: 'hello', labels },
    spec: {
      replicas: values.replicas,
      selector: { matchLabels: labels },
      template: {
        metadata: { labels },
        spec: {
          containers: [{
            name: 'hello',
            image: values.image,
            args: ['netexec', '--http-port=8080'],
            envFrom: [{ configMapRef: { name: 'hello' } }],
            ports: [{ name: 'http', containerPort: 8080 }],
          }],
        },
      },
    },
  });
  // A dependency becomes the order in which the objects are applied.
  deployment.addDependency(config);
  new ApiObject(chart, 'service', {
    apiVersion: 'v1',
    kind: 'Service',
    metadata: { name: 'hello', labels },
    spec: { selector: labels, ports: [{ name: 'http', port: 80, targetPort: 'http' }] },
  });
}
`;

function packageJson(name: string, version: string): object {
  return {
    name,
    private: true,
    scripts: { synth: 'flotilla synth', compile: 'tsc --noEmit' },
    dependencies: { 'cdk8s': '^2.70.0', 'cdk8s-flotilla': version === '0.0.0' ? '*' : `^${version}`, 'constructs': '^10.4.0' },
    devDependencies: { '@types/node': '^20', 'tsx': '^4', 'typescript': '^5.9' },
  };
}

const TSCONFIG = {
  compilerOptions: {
    target: 'ES2022', module: 'node16', moduleResolution: 'node16', strict: true, esModuleInterop: true, skipLibCheck: true, noEmit: true,
  },
  include: ['*.ts'],
};
