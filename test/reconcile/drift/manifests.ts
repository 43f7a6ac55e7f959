import type { Manifest } from '../../../lib/tree/manifest';
import { a } from '../written-tree';

/** Objects with a value of every sort that others like to change. */
export const our = {
  deployment: (namespace: string): Manifest => ({
    apiVersion: 'apps/v1', kind: 'Deployment',
    metadata: { name: 'web', namespace, labels: { app: 'web', tier: 'ours' }, annotations: { note: 'ours' } },
    spec: {
      replicas: 1, selector: { matchLabels: { app: 'web' } },
      template: {
        metadata: { labels: { app: 'web' } },
        spec: {
          containers: [{
            name: 'main', image: 'registry.example/web:1', env: [{ name: 'A', value: 'a' }, { name: 'B', value: 'b' }],
            resources: { limits: { cpu: '1' } }, volumeMounts: [{ name: 'scratch', mountPath: '/scratch' }],
          }],
          volumes: [{ name: 'scratch', emptyDir: {} }],
        },
      },
    },
  }),
  configMap: (namespace: string): Manifest => a.configMap('settings', { key: 'ours', other: 'ours too' }, namespace),
  secret: (namespace: string): Manifest => ({ apiVersion: 'v1', kind: 'Secret', metadata: { name: 'keys', namespace }, type: 'Opaque', stringData: { key: 'ours' } }),
  service: (namespace: string): Manifest => ({
    apiVersion: 'v1', kind: 'Service', metadata: { name: 'web', namespace, labels: { tier: 'ours' } },
    spec: { selector: { app: 'web' }, ports: [{ name: 'http', port: 80, targetPort: 'http' }, { name: 'admin', port: 81, targetPort: 'admin' }] },
  }),
  node: (namespace: string): Manifest => ({
    apiVersion: 'v1', kind: 'Node', metadata: { name: `node-${namespace}` }, spec: { taints: [{ key: 'dedicated', value: 'ours', effect: 'NoSchedule' }] },
  }),
  pod: (namespace: string): Manifest => ({
    apiVersion: 'v1', kind: 'Pod', metadata: { name: 'once', namespace, labels: { tier: 'ours' }, annotations: { note: 'ours' } },
    spec: { containers: [{ name: 'main', image: 'registry.example/web:1' }] },
  }),
  role: (namespace: string): Manifest => ({
    apiVersion: 'rbac.authorization.k8s.io/v1', kind: 'Role', metadata: { name: 'reader', namespace }, rules: [{ apiGroups: [''], resources: ['pods'], verbs: ['get'] }],
  }),
  roleBinding: (namespace: string): Manifest => ({
    apiVersion: 'rbac.authorization.k8s.io/v1', kind: 'RoleBinding', metadata: { name: 'reader', namespace },
    roleRef: { apiGroup: 'rbac.authorization.k8s.io', kind: 'Role', name: 'reader' }, subjects: [{ apiGroup: 'rbac.authorization.k8s.io', kind: 'User', name: 'ann' }],
  }),
  autoscaler: (namespace: string): Manifest => ({
    apiVersion: 'autoscaling/v2', kind: 'HorizontalPodAutoscaler', metadata: { name: 'web', namespace },
    spec: {
      scaleTargetRef: { apiVersion: 'apps/v1', kind: 'Deployment', name: 'web' }, minReplicas: 1, maxReplicas: 3,
      metrics: [{ type: 'Resource', resource: { name: 'cpu', target: { type: 'Utilization', averageUtilization: 80 } } }],
    },
  }),
  networkPolicy: (namespace: string): Manifest => ({
    apiVersion: 'networking.k8s.io/v1', kind: 'NetworkPolicy', metadata: { name: 'closed', namespace }, spec: { podSelector: { matchLabels: { app: 'web' } }, policyTypes: ['Ingress'] },
  }),
  ingress: (namespace: string): Manifest => ({
    apiVersion: 'networking.k8s.io/v1', kind: 'Ingress', metadata: { name: 'web', namespace },
    spec: { rules: [{ host: 'ours.example', http: { paths: [{ path: '/', pathType: 'Prefix', backend: { service: { name: 'web', port: { name: 'http' } } } }] } }] },
  }),
  budget: (namespace: string): Manifest => ({
    apiVersion: 'policy/v1', kind: 'PodDisruptionBudget', metadata: { name: 'web', namespace }, spec: { minAvailable: 1, selector: { matchLabels: { app: 'web' } } },
  }),
  claim: (namespace: string): Manifest => ({
    apiVersion: 'v1', kind: 'PersistentVolumeClaim', metadata: { name: 'data', namespace, labels: { tier: 'ours' } },
    spec: { accessModes: ['ReadWriteOnce'], resources: { requests: { storage: '1Gi' } } },
  }),
  cronJob: (namespace: string): Manifest => ({
    apiVersion: 'batch/v1', kind: 'CronJob', metadata: { name: 'nightly', namespace },
    spec: { schedule: '0 3 * * *', jobTemplate: { spec: { template: { spec: { restartPolicy: 'Never', containers: [{ name: 'main', image: 'registry.example/web:1' }] } } } } },
  }),
  serviceAccount: (namespace: string): Manifest => ({ apiVersion: 'v1', kind: 'ServiceAccount', metadata: { name: 'web', namespace, annotations: { note: 'ours' } } }),
  quota: (namespace: string): Manifest => ({ apiVersion: 'v1', kind: 'ResourceQuota', metadata: { name: 'all', namespace }, spec: { hard: { pods: '5' } } }),
};

/** Path of the first container in a JSON patch of a Deployment. */
export const CONTAINER = '/spec/template/spec/containers/0';
