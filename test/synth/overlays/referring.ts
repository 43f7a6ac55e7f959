import { Manifest } from '../../../lib/tree/manifest';
import { parseYamlDocuments } from '../../../lib/yaml/parse';

const POD = `
      serviceAccountName: runner
      priorityClassName: high
      imagePullSecrets: [{ name: pull }, { name: elsewhere }]
      initContainers:
      - { name: init, image: busybox, envFrom: [{ configMapRef: { name: settings } }] }
      containers:
      - name: main
        image: redis:7
        envFrom: [{ secretRef: { name: keys } }, { configMapRef: { name: unknown } }]
        env:
        - { name: A, valueFrom: { configMapKeyRef: { name: settings, key: a } } }
        - { name: B, valueFrom: { secretKeyRef: { name: keys, key: b } } }
      volumes:
      - { name: a, configMap: { name: settings } }
      - { name: b, secret: { secretName: keys } }
      - { name: c, persistentVolumeClaim: { claimName: data } }
      - { name: d, projected: { sources: [{ configMap: { name: settings } }, { secret: { name: keys } }] } }
`;

const workload = (kind: string, more = '') => `
apiVersion: apps/v1
kind: ${kind}
metadata: { name: ${kind.toLowerCase()}, namespace: shop }
spec:
  selector: { matchLabels: { app: a } }
${more}
  template:
    metadata: { labels: { app: a } }
    spec:${POD}`;

const TEXT = [
  'apiVersion: v1\nkind: Namespace\nmetadata: { name: shop }',
  ...['ConfigMap settings', 'Secret keys', 'Secret pull', 'Service web', 'PersistentVolumeClaim data'].map(each => {
    const [kind, name] = each.split(' ');
    return `apiVersion: v1\nkind: ${kind}\nmetadata: { name: ${name}, namespace: shop }`;
  }),
  'apiVersion: v1\nkind: ServiceAccount\nmetadata: { name: runner, namespace: shop }\nimagePullSecrets: [{ name: pull }]',
  'apiVersion: scheduling.k8s.io/v1\nkind: PriorityClass\nmetadata: { name: high }\nvalue: 1',
  'apiVersion: storage.k8s.io/v1\nkind: StorageClass\nmetadata: { name: fast }\nprovisioner: example.com/x\nparameters: { adminSecretName: keys, other: keys }',
  'apiVersion: v1\nkind: PersistentVolume\nmetadata: { name: disk }\nspec: { storageClassName: fast }',
  'apiVersion: v1\nkind: PersistentVolumeClaim\nmetadata: { name: bound, namespace: shop }\nspec: { storageClassName: fast, volumeName: disk }',
  workload('Deployment'), workload('DaemonSet'), workload('StatefulSet', '  serviceName: web'),
  `apiVersion: batch/v1\nkind: Job\nmetadata: { name: once, namespace: shop }\nspec:\n  template:\n    spec:${POD}`,
  `apiVersion: batch/v1\nkind: CronJob\nmetadata: { name: nightly, namespace: shop }\nspec:\n  jobTemplate:\n    spec:\n      template:\n        spec:${POD.replace(/\n/g, '\n    ')}`,
  `apiVersion: v1\nkind: Pod\nmetadata: { name: alone, namespace: shop }\nspec:${POD}`,
  'apiVersion: autoscaling/v2\nkind: HorizontalPodAutoscaler\nmetadata: { name: scaler, namespace: shop }\n'
    + 'spec: { scaleTargetRef: { apiVersion: apps/v1, kind: Deployment, name: deployment }, maxReplicas: 3 }',
  'apiVersion: policy/v1\nkind: PodDisruptionBudget\nmetadata: { name: budget, namespace: shop }\nspec: { selector: { matchLabels: { app: a } } }',
  `apiVersion: networking.k8s.io/v1
kind: Ingress
metadata: { name: way, namespace: shop, annotations: { nginx.ingress.kubernetes.io/auth-secret: keys } }
spec:
  ingressClassName: nginx
  defaultBackend: { service: { name: web, port: { number: 80 } } }
  tls: [{ hosts: [a.example], secretName: keys }]
  rules: [{ http: { paths: [{ path: /, pathType: Prefix, backend: { service: { name: web, port: { number: 80 } } } }] } }]`,
  'apiVersion: rbac.authorization.k8s.io/v1\nkind: Role\nmetadata: { name: reader, namespace: shop }\n'
    + 'rules: [{ apiGroups: [""], resources: [secrets, configmaps], resourceNames: [keys, settings, other], verbs: [get] }]',
  'apiVersion: rbac.authorization.k8s.io/v1\nkind: ClusterRole\nmetadata: { name: reader }\nrules: [{ apiGroups: [""], resources: [secrets], resourceNames: [keys], verbs: [get] }]',
  `apiVersion: rbac.authorization.k8s.io/v1
kind: RoleBinding
metadata: { name: readers, namespace: shop }
roleRef: { apiGroup: rbac.authorization.k8s.io, kind: ClusterRole, name: reader }
subjects: [{ kind: ServiceAccount, name: runner, namespace: shop }, { kind: ServiceAccount, name: default, namespace: shop }, { kind: User, name: jane }]`,
  `apiVersion: rbac.authorization.k8s.io/v1
kind: ClusterRoleBinding
metadata: { name: readers }
roleRef: { apiGroup: rbac.authorization.k8s.io, kind: ClusterRole, name: reader }
subjects: [{ kind: ServiceAccount, name: runner, namespace: shop }, { kind: ServiceAccount, name: runner, namespace: other }]`,
  'apiVersion: admissionregistration.k8s.io/v1\nkind: ValidatingWebhookConfiguration\nmetadata: { name: hook }\n'
    + 'webhooks: [{ name: a.example.com, clientConfig: { service: { name: web, namespace: shop, path: /x } } }]',
  'apiVersion: apiregistration.k8s.io/v1\nkind: APIService\nmetadata: { name: v1.example.com }\nspec: { group: example.com, version: v1, service: { name: web, namespace: shop } }',
  'apiVersion: apiextensions.k8s.io/v1\nkind: CustomResourceDefinition\nmetadata: { name: gears.example.com }\n'
    + 'spec: { group: example.com, scope: Namespaced, names: { plural: gears, kind: Gear } }',
  'apiVersion: example.com/v1\nkind: Gear\nmetadata: { name: gear, namespace: shop }\nspec: { replicas: 1 }',
];

/** Objects of each kind that refers to others, and what they refer to. */
export const REFERRING = parseYamlDocuments(TEXT.join('\n---\n'), 'referring') as Manifest[];
