import { mkdirSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { temporaryFolder } from '../../temporary-folder';

const definition = `apiVersion: apiextensions.k8s.io/v1
kind: CustomResourceDefinition
metadata: { name: carts.flux.example.com }
spec:
  group: flux.example.com
  scope: Namespaced
  names: { plural: carts, singular: cart, kind: Cart }
  versions:
  - name: v1
    served: true
    storage: true
    subresources: { status: {} }
    schema:
      openAPIV3Schema:
        type: object
        properties:
          spec: { type: object, properties: { items: { type: integer, minimum: 0 }, currency: { type: string, default: EUR } } }
          status: { type: object, x-kubernetes-preserve-unknown-fields: true }
`;

const deployment = (name: string, image: string): string => `apiVersion: apps/v1
kind: Deployment
metadata: { name: ${name} }
spec:
  replicas: 2
  selector: { matchLabels: { app: ${name} } }
  template:
    metadata: { labels: { app: ${name} } }
    spec:
      serviceAccountName: shop
      containers: [{ name: main, image: "${image}", ports: [{ containerPort: 8080 }], envFrom: [{ configMapRef: { name: settings } }] }]
`;

/** Two folders: what has to be there first, and what depends on it. */
const FIRST: Readonly<Record<string, string>> = {
  'base/namespace.yaml': 'apiVersion: v1\nkind: Namespace\nmetadata: { name: shop }\n',
  'base/carts.yaml': definition,
  'shop/account.yaml': 'apiVersion: v1\nkind: ServiceAccount\nmetadata: { name: shop }\n',
  'shop/role.yaml': 'apiVersion: rbac.authorization.k8s.io/v1\nkind: Role\nmetadata: { name: shop }\nrules: [{ apiGroups: [""], resources: [configmaps], verbs: [get] }]\n',
  'shop/binding.yaml': `apiVersion: rbac.authorization.k8s.io/v1
kind: RoleBinding
metadata: { name: shop }
roleRef: { apiGroup: rbac.authorization.k8s.io, kind: Role, name: shop }
subjects: [{ kind: ServiceAccount, name: shop, namespace: shop }]
`,
  'shop/settings.yaml': 'apiVersion: v1\nkind: ConfigMap\nmetadata: { name: settings }\ndata: { color: red, size: L }\n',
  'shop/banner.yaml': 'apiVersion: v1\nkind: ConfigMap\nmetadata: { name: banner }\ndata: { text: sale }\n',
  'shop/keys.yaml': 'apiVersion: v1\nkind: Secret\nmetadata: { name: keys }\nstringData: { token: s3cr3t }\n',
  'shop/web.yaml': deployment('web', 'web:1'),
  'shop/api.yaml': deployment('api', 'api:1'),
  'shop/web-service.yaml': 'apiVersion: v1\nkind: Service\nmetadata: { name: web }\nspec: { selector: { app: web }, ports: [{ name: http, port: 80, targetPort: 8080 }] }\n',
  'shop/budget.yaml': 'apiVersion: policy/v1\nkind: PodDisruptionBudget\nmetadata: { name: web }\nspec: { minAvailable: 1, selector: { matchLabels: { app: web } } }\n',
  'shop/ingress.yaml': `apiVersion: networking.k8s.io/v1
kind: Ingress
metadata: { name: web }
spec: { rules: [{ host: shop.example.com, http: { paths: [{ path: /, pathType: Prefix, backend: { service: { name: web, port: { name: http } } } }] } }] }
`,
  'shop/policy.yaml': 'apiVersion: networking.k8s.io/v1\nkind: NetworkPolicy\nmetadata: { name: web }\nspec: { podSelector: { matchLabels: { app: web } }, policyTypes: [Ingress] }\n',
  'shop/migrate.yaml': `apiVersion: batch/v1
kind: Job
metadata: { name: migrate }
spec: { template: { spec: { restartPolicy: Never, containers: [{ name: migrate, image: "migrate:1" }] } } }
`,
  'shop/small-cart.yaml': 'apiVersion: flux.example.com/v1\nkind: Cart\nmetadata: { name: small }\nspec: { items: 3 }\n',
  'shop/large-cart.yaml': 'apiVersion: flux.example.com/v1\nkind: Cart\nmetadata: { name: large }\nspec: { items: 300 }\n',
};

const SECOND: Readonly<Record<string, string | undefined>> = {
  ...FIRST,
  'shop/web.yaml': deployment('web', 'web:2'),
  'shop/settings.yaml': 'apiVersion: v1\nkind: ConfigMap\nmetadata: { name: settings }\ndata: { color: blue }\n',
  'shop/banner.yaml': undefined,
  'shop/large-cart.yaml': undefined,
  'shop/policy.yaml': undefined,
  'shop/feature.yaml': 'apiVersion: v1\nkind: ConfigMap\nmetadata: { name: feature }\ndata: { on: "yes" }\n',
};

/** The second one with an object that the API server refuses. */
const THIRD = { ...SECOND, 'shop/small-cart.yaml': 'apiVersion: flux.example.com/v1\nkind: Cart\nmetadata: { name: small }\nspec: { items: -1 }\n' };

export const REVISIONS = { first: FIRST, second: SECOND, refused: THIRD } as const;

/** Writes a revision of the tree. Returns its folder. */
export function writeTree(revision: keyof typeof REVISIONS): string {
  const folder = join(temporaryFolder(), 'tree');
  for (const [path, text] of Object.entries(REVISIONS[revision])) {
    if (text === undefined) continue;
    mkdirSync(dirname(join(folder, path)), { recursive: true });
    writeFileSync(join(folder, path), text);
  }
  return folder;
}
