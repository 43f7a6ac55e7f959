import { fleetOf, Settings, verdictOf } from './one-object';

const container = { name: 'web', image: 'web:1' };
const pod = (spec: object = {}, containers: object = {}) => ({ containers: [{ ...container, ...containers }], ...spec });
const deployment = (spec: object = {}, more: object = {}, labels: object = { app: 'web' }) => ({
  apiVersion: 'apps/v1', kind: 'Deployment', metadata: { name: 'web' },
  spec: { selector: { matchLabels: { app: 'web' } }, template: { metadata: { labels }, spec: pod(spec) }, ...more },
});
const object = (kind: string, name: string, rest: object = {}, apiVersion = 'v1') => ({ apiVersion, kind, metadata: { name }, ...rest });
const service = (selector: object, rest: object = {}) => object('Service', 'web', { spec: { selector, ports: [{ name: 'http', port: 80 }], ...rest } });
const rbac = 'rbac.authorization.k8s.io/v1';
const D = 'Deployment.apps/shop/web';

describe('schemas of Kubernetes itself', () => {
  test.each<[string, object, readonly string[]]>([
    ['a misspelt field of a container', deployment({ containers: [{ ...container, imagePulPolicy: 'Always' }] }),
      [`FLT2301 ${D} has the unknown field spec.template.spec.containers[0].imagePulPolicy: did you mean 'imagePullPolicy'?`]],
    ['a field in another case', deployment({}, { Replicas: 2 }), [`FLT2301 ${D} has the unknown field spec.Replicas: did you mean 'replicas'?`]],
    ['a field in the wrong place', deployment({ replicas: 2 }), [`FLT2301 ${D} has the unknown field spec.template.spec.replicas`]],
    ['a number in quotes', deployment({}, { replicas: '2' }), [`FLT2302 ${D} has the string "2" at spec.replicas, where an integer belongs`]],
    ['a fraction', deployment({}, { replicas: 1.5 }), [`FLT2302 ${D} has the number 1.5 at spec.replicas, where an integer belongs`]],
    ['a number that is too large', deployment({}, { replicas: 3e9 }), [`FLT2302 ${D} has the number 3000000000 at spec.replicas, where an integer of 32 bits belongs`]],
    ['an annotation that is no text', { ...object('ConfigMap', 'c'), metadata: { name: 'c', annotations: { 'a.b/c': true } } },
      ['FLT2302 ConfigMap/shop/c has the boolean true at metadata.annotations["a.b/c"], where a string belongs']],
    ['an environment variable that is a number', deployment({ containers: [{ ...container, env: [{ name: 'A', value: 1 }] }] }),
      [`FLT2302 ${D} has the number 1 at spec.template.spec.containers[0].env[0].value, where a string belongs`]],
    ['a quantity that is none', deployment({ containers: [{ ...container, resources: { limits: { memory: '1 GB' } } }] }),
      [`FLT2302 ${D} has the string "1 GB" at spec.template.spec.containers[0].resources.limits.memory, where a quantity such as 500m, 2 or 1.5Gi belongs`]],
    ['a list in place of a map', deployment({ nodeSelector: ['a'] }), [`FLT2302 ${D} has a list at spec.template.spec.nodeSelector, where a map belongs`]],
    ['a word that is not one of those allowed', deployment({ restartPolicy: 'always' }), [`FLT2302 ${D} has the string "always" at spec.template.spec.restartPolicy: did you mean 'Always'?`]],
    ['a time that is none', object('Lease', 'l', { spec: { renewTime: 'soon' } }, 'coordination.k8s.io/v1'),
      ['FLT2302 Lease.coordination.k8s.io/shop/l has the string "soon" at spec.renewTime, where a time such as 2030-01-31T12:00:00.000000Z belongs']],
    ['bytes that are not in Base64', object('ConfigMap', 'c', { binaryData: { a: 'ä' } }), ['FLT2302 ConfigMap/shop/c has the string "ä" at binaryData.a, where text in Base64 belongs']],
    ['no containers', deployment({ containers: undefined }), [`FLT2303 ${D} has no spec.template.spec.containers`]],
    ['a required field that is null', deployment({ containers: null }), [`FLT2303 ${D} has no spec.template.spec.containers`]],
    ['an item that is null', deployment({ volumes: [null] }), [`FLT2302 ${D} has null at spec.template.spec.volumes[0], where a map belongs`]],
    ['a port that is listed twice', deployment({ containers: [{ ...container, ports: [{ name: 'a', containerPort: 80 }, { name: 'b', containerPort: 80, protocol: 'TCP' }] }] }),
      [`FLT2304 ${D} has containerPort: 80, protocol: TCP twice in spec.template.spec.containers[0].ports: items 0 and 1`]],
    ['a variable that is listed twice', deployment({ containers: [{ ...container, env: [{ name: 'A', value: '1' }, { name: 'A', value: '2' }] }] }),
      [`FLT2304 ${D} has name: A twice in spec.template.spec.containers[0].env: items 0 and 1`]],
    ['a finalizer that is listed twice', { ...object('ConfigMap', 'c'), metadata: { name: 'c', finalizers: ['a.b/c', 'a.b/c'] } },
      ['FLT2304 ConfigMap/shop/c has a.b/c twice in metadata.finalizers: items 0 and 1']],
    ['a selector that the pods do not have', deployment({}, {}, { app: 'wep' }),
      [`FLT2310 ${D} has a selector, app=web, that does not select the pods of its own template, which have app=wep`]],
  ])('%s is an error that says where', (_title, manifest, errors) => {
    expect(verdictOf([manifest])).toEqual({ errors, warnings: [] });
  });

  test.each<[string, object]>([
    ['the same port of two protocols', deployment({ containers: [{ ...container, ports: [{ containerPort: 53 }, { containerPort: 53, protocol: 'UDP' }] }] })],
    ['a null, which is nothing', { ...deployment({ nodeSelector: null }), status: { conditions: null } }],
    ['half a status', { ...deployment(), status: { conditions: [{}] } }],
    ['quantities as numbers', deployment({ containers: [{ ...container, resources: { limits: { cpu: 2, memory: 256000 } } }] })],
    ['ports by name and by number', service({}, { ports: [{ name: 'a', port: 80, targetPort: 'http' }, { name: 'b', port: 81, targetPort: 81 }] })],
    ['a binding without the group of its role', object('RoleBinding', 'b', { roleRef: { kind: 'ClusterRole', name: 'view' } }, rbac)],
    ['a header without a value', deployment({ containers: [{ ...container, livenessProbe: { httpGet: { port: 80, httpHeaders: [{ name: 'A' }] } } }] })],
    ['an empty rule, which is every host', object('Ingress', 'i', { spec: { rules: [null] } }, 'networking.k8s.io/v1')],
    ['an empty word where one of several belongs', deployment({ restartPolicy: '' })],
    ['a Secret that SOPS encrypted', object('Secret', 's', { data: { a: 'ENC[AES256_GCM,data:p673w==,type:str]' }, sops: { version: '3.9.0' } })],
    ['a custom kind that no definition describes', object('Widget', 'w', { spec: { anything: 1 } }, 'example.com/v1')],
    ['a map of any words', object('ConfigMap', 'c', { data: { 'any.thing': 'x' } })],
  ])('%s is accepted', (_title, manifest) => {
    expect(verdictOf([manifest])).toEqual({ errors: [], warnings: [] });
  });

  test.each<[string, string, object, readonly string[]]>([
    ['1.36', 'a field of 1.36', deployment({ schedulingGroup: {} }), []],
    ['1.35.4', 'a field of 1.36', deployment({ schedulingGroup: {} }), [`FLT2301 ${D} has the unknown field spec.template.spec.schedulingGroup: did you mean 'schedulingGates'?`]],
    ['1.34', 'a field of 1.36', deployment({ schedulingGroup: {} }), [`FLT2301 ${D} has the unknown field spec.template.spec.schedulingGroup: did you mean 'schedulingGates'?`]],
    ['1.35', 'a field that only 1.35 has', deployment({ workloadRef: { name: 'a', podGroup: 'b' } }), []],
    ['1.36', 'a field that only 1.35 has', deployment({ workloadRef: { name: 'a', podGroup: 'b' } }), [`FLT2301 ${D} has the unknown field spec.template.spec.workloadRef`]],
    ['1.34', 'a field of 1.35', object('CSIDriver', 'd', { spec: { serviceAccountTokenInSecrets: true } }, 'storage.k8s.io/v1'),
      ['FLT2301 CSIDriver.storage.k8s.io/d has the unknown field spec.serviceAccountTokenInSecrets']],
    ['1.35', 'a field of 1.35', object('CSIDriver', 'd', { spec: { serviceAccountTokenInSecrets: true } }, 'storage.k8s.io/v1'), []],
  ])('a cluster of %s is checked by its own schemas: %s', (kubernetesVersion, _title, manifest, errors) => {
    expect(verdictOf([manifest], { kubernetesVersion }).errors).toEqual(errors);
  });

  test('a version whose schemas are not known is told once, and its objects may be anything', () => {
    expect(verdictOf([deployment({ replicas: 2 }), object('ConfigMap', 'c', { wrong: 1 })], { kubernetesVersion: '1.31' })).toEqual({
      errors: [], warnings: ['FLT2312 Kubernetes 1.31 has no schemas in this version of cdk8s-flotilla: objects are checked against none'],
    });
  });
});

describe('schemas of custom kinds', () => {
  const spec = {
    type: 'object', required: ['size'],
    properties: {
      size: { type: 'integer', minimum: 1, maximum: 9 },
      mode: { type: 'string', enum: ['fast', 'safe'], default: 'safe' },
      name: { type: 'string', pattern: '^[a-z]+$', maxLength: 5 },
      port: { 'x-kubernetes-int-or-string': true },
      free: { 'type': 'object', 'x-kubernetes-preserve-unknown-fields': true, 'properties': { known: { type: 'string' } } },
      nothing: { type: 'string', nullable: true },
      hosts: { 'type': 'array', 'items': { type: 'object', properties: { name: { type: 'string' }, zone: { type: 'string', default: 'a' } } }, 'x-kubernetes-list-type': 'map', 'x-kubernetes-list-map-keys': ['name', 'zone'] },
      labels: { type: 'object', additionalProperties: { type: 'string' } },
    },
  };
  const definition = {
    ...object('CustomResourceDefinition', 'widgets.example.com', {
      spec: {
        group: 'example.com', scope: 'Namespaced', names: { kind: 'Widget', plural: 'widgets' },
        versions: [
          { name: 'v1', served: true, storage: true, schema: { openAPIV3Schema: { type: 'object', properties: { spec } } } },
          { name: 'v1beta1', served: false, storage: false, schema: { openAPIV3Schema: { type: 'object' } } },
        ],
      },
    }, 'apiextensions.k8s.io/v1'),
  };
  const widget = (body: object, version = 'v1') => object('Widget', 'w', { spec: body }, `example.com/${version}`);
  const W = 'Widget.example.com/shop/w';

  test.each<[string, object, readonly string[]]>([
    ['an unknown field', widget({ size: 1, sizee: 2 }), [`FLT2301 ${W} has the unknown field spec.sizee: did you mean 'size'?`]],
    ['an unknown field beside spec', { ...widget({ size: 1 }), data: {} }, [`FLT2301 ${W} has the unknown field data`]],
    ['an unknown field of metadata', { ...widget({ size: 1 }), metadata: { name: 'w', label: {} } }, [`FLT2301 ${W} has the unknown field metadata.label: did you mean 'labels'?`]],
    ['no size', widget({}), [`FLT2303 ${W} has no spec.size`]],
    ['a size of null', widget({ size: null }), [`FLT2303 ${W} has no spec.size`]],
    ['a size that is too large', widget({ size: 10 }), [`FLT2302 ${W} has the number 10 at spec.size, which is greater than the maximum 9`]],
    ['a size that is a text', widget({ size: '1' }), [`FLT2302 ${W} has the string "1" at spec.size, where an integer belongs`]],
    ['a mode that there is not', widget({ size: 1, mode: 'Fast' }), [`FLT2302 ${W} has the string "Fast" at spec.mode: did you mean 'fast'?`]],
    ['a name against its pattern', widget({ size: 1, name: 'A' }), [`FLT2302 ${W} has the string "A" at spec.name, which does not match ^[a-z]+$`]],
    ['a name that is too long', widget({ size: 1, name: 'abcdef' }), [`FLT2302 ${W} has the string "abcdef" at spec.name, which has more than 5 characters`]],
    ['a port that is a map', widget({ size: 1, port: {} }), [`FLT2302 ${W} has a map at spec.port, where an integer or a string belongs`]],
    ['a known field among free ones', widget({ size: 1, free: { known: 1, any: 1 } }), [`FLT2302 ${W} has the number 1 at spec.free.known, where a string belongs`]],
    ['two hosts with one key', widget({ size: 1, hosts: [{ name: 'x' }, { name: 'x', zone: 'a' }] }), [`FLT2304 ${W} has name: x, zone: a twice in spec.hosts: items 0 and 1`]],
    ['a label that is a number', widget({ size: 1, labels: { a: 1 } }), [`FLT2302 ${W} has the number 1 at spec.labels.a, where a string belongs`]],
    ['a version that is not served', widget({ size: 1 }, 'v1beta1'), [`FLT2305 ${W} is of example.com/v1beta1, which its CustomResourceDefinition on the same cluster does not serve`]],
    ['a version that there is not', widget({ size: 1 }, 'v2'), [`FLT2305 ${W} is of example.com/v2, which its CustomResourceDefinition on the same cluster does not serve`]],
  ])('%s is an error', (_title, manifest, errors) => {
    expect(verdictOf([definition, manifest]).errors).toEqual(errors);
  });

  test.each<[string, object]>([
    ['the least', widget({ size: 1 })],
    ['all of it', widget({ size: 9, mode: 'fast', name: 'abc', port: 'http', free: { any: [1, {}] }, nothing: null, hosts: [{ name: 'x' }, { name: 'x', zone: 'b' }], labels: { a: 'b' } })],
    ['a status, which nobody described', { ...widget({ size: 1 }), metadata: { name: 'w', labels: { a: 'b' } } }],
  ])('%s is accepted', (_title, manifest) => {
    expect(verdictOf([definition, manifest]).errors).toEqual([]);
  });
});

describe('APIs that Kubernetes serves', () => {
  const cron = object('CronJob', 'c', { spec: {} }, 'batch/v1beta1');
  test.each<[string, object, Settings, readonly string[], readonly string[]]>([
    ['is gone since long', cron, {}, ['FLT2305 CronJob.batch/shop/c is of batch/v1beta1, which Kubernetes has not served since 1.25: the cluster runs 1.36'], []],
    ['is gone, though its schemas are not known', cron, { kubernetesVersion: '1.25.3', checks: { 'unknown-version': 'off' } },
      ['FLT2305 CronJob.batch/shop/c is of batch/v1beta1, which Kubernetes has not served since 1.25: the cluster runs 1.25'], []],
    ['is about to go', cron, { kubernetesVersion: '1.24', checks: { 'unknown-version': 'off' } },
      [], ['FLT2307 CronJob.batch/shop/c is of batch/v1beta1, deprecated since 1.21; 1.25 does not serve it']],
    ['is not deprecated yet', cron, { kubernetesVersion: '1.20', checks: { 'unknown-version': 'off' } }, [], []],
    ['is deprecated without an end', object('Endpoints', 'e'), {}, [], ['FLT2307 Endpoints/shop/e is of v1, deprecated since 1.33']],
    ['is not deprecated on an older cluster', object('Endpoints', 'e'), { kubernetesVersion: '1.32', checks: { 'unknown-version': 'off' } }, [], []],
    ['is of another group', object('Deployment', 'd', {}, 'batch/v1'), {}, ['FLT2305 Deployment.batch/shop/d is of batch/v1, which has no kind Deployment in Kubernetes 1.36'], []],
    ['is misspelt', object('Deploymnet', 'd', {}, 'apps/v1'), {},
      ["FLT2305 Deploymnet.apps/shop/d is of apps/v1, which has no kind Deploymnet in Kubernetes 1.36: did you mean 'Deployment'?"], []],
    ['comes with a later version', object('MutatingAdmissionPolicyBinding', 'm', { spec: { policyName: 'p' } }, 'admissionregistration.k8s.io/v1'), { kubernetesVersion: '1.35' },
      ['FLT2305 MutatingAdmissionPolicyBinding.admissionregistration.k8s.io/m is of admissionregistration.k8s.io/v1, which has no kind MutatingAdmissionPolicyBinding in Kubernetes 1.35'], []],
    ['has come', object('MutatingAdmissionPolicyBinding', 'm', { spec: { policyName: 'p' } }, 'admissionregistration.k8s.io/v1'), {}, [], []],
    ['is served on demand', object('IPAddress', '10.0.0.9', { spec: { parentRef: { resource: 'services', name: 'a' } } }, 'networking.k8s.io/v1beta1'), {},
      [], ['FLT2306 IPAddress.networking.k8s.io/10.0.0.9 is of networking.k8s.io/v1beta1, which Kubernetes 1.36 serves only when its API server is told to']],
  ])('one that %s is told', (_title, manifest, settings, errors, warnings) => {
    expect(verdictOf([manifest], settings)).toEqual({ errors, warnings });
  });

  test('the fix names what to write instead', () => {
    const fixes = [cron, object('PodSecurityPolicy', 'p', { spec: {} }, 'policy/v1beta1'), object('Deployment', 'd', {}, 'batch/v1')].map(each => {
      try {
        return fleetOf([each]).synthesize();
      } catch (error) {
        return (error as { fix: string }).fix;
      }
    });
    expect(fixes).toEqual([
      'write it as batch/v1 [unserved-api]', 'label its namespaces for Pod Security Admission [unserved-api]', 'write it as apps/v1 [unserved-api]',
    ]);
  });
});

describe('references', () => {
  const config = object('ConfigMap', 'settings', { data: { level: 'info' } });
  const env = (ref: object) => deployment({ containers: [{ ...container, env: [{ name: 'A', valueFrom: ref }] }] });
  const volume = (source: object, more: object = {}) => deployment({ volumes: [{ name: 'v', ...source }], ...more });
  const missing = (what: string, where: string, of = D) => `FLT2308 ${of} names the ${what} at ${where}, and nothing on the cluster makes it`;
  const secret = (name: string, where: string, of = D) => `FLT2309 ${of} names the Secret '${name}' at ${where}, and nothing on the cluster makes it`;
  const T = 'spec.template.spec';
  const hpa = (kind: string, name: string, apiVersion = 'apps/v1') => object('HorizontalPodAutoscaler', 'h', { spec: { maxReplicas: 3, scaleTargetRef: { apiVersion, kind, name } } }, 'autoscaling/v2');
  const ingress = (name: string, port: object, more: object = {}) => object('Ingress', 'i', { spec: { defaultBackend: { service: { name, port } }, ...more } }, 'networking.k8s.io/v1');

  test.each<[string, readonly object[], readonly string[]]>([
    ['a ConfigMap of a volume', [volume({ configMap: { name: 'setings' } }), config], [`${missing("ConfigMap 'setings'", `${T}.volumes[0].configMap.name`)}: did you mean 'settings'?`]],
    ['a ConfigMap of a variable', [env({ configMapKeyRef: { name: 'x', key: 'y' } })], [missing("ConfigMap 'x'", `${T}.containers[0].env[0].valueFrom.configMapKeyRef.name`)]],
    ['a key of a ConfigMap', [env({ configMapKeyRef: { name: 'settings', key: 'levle' } }), config],
      [`FLT2308 ${D} names the key 'levle' of the ConfigMap 'settings' at ${T}.containers[0].env[0].valueFrom.configMapKeyRef.name, which has no such key: did you mean 'level'?`]],
    ['a Secret of a volume', [volume({ secret: { secretName: 's' } })], [secret('s', `${T}.volumes[0].secret.secretName`)]],
    ['a Secret of an environment', [deployment({ containers: [{ ...container, envFrom: [{ secretRef: { name: 's' } }] }] })], [secret('s', `${T}.containers[0].envFrom[0].secretRef.name`)]],
    ['a Secret of a projected volume', [volume({ projected: { sources: [{ secret: { name: 's' } }] } })], [secret('s', `${T}.volumes[0].projected.sources[0].secret.name`)]],
    ['a Secret to pull images with', [deployment({ imagePullSecrets: [{ name: 's' }] })], [secret('s', `${T}.imagePullSecrets[0].name`)]],
    ['a volume claim', [volume({ persistentVolumeClaim: { claimName: 'c' } })], [missing("PersistentVolumeClaim 'c'", `${T}.volumes[0].persistentVolumeClaim.claimName`)]],
    ['a ServiceAccount', [deployment({ serviceAccountName: 'web' })], [missing("ServiceAccount 'web'", `${T}.serviceAccountName`)]],
    ['a Service of an Ingress', [ingress('web', { number: 80 })], [missing("Service 'web'", 'spec.defaultBackend.service.name', 'Ingress.networking.k8s.io/shop/i')]],
    ['a port of a Service', [ingress('web', { name: 'https' }), service({})],
      ["FLT2308 Ingress.networking.k8s.io/shop/i names the port https of the Service 'web' at spec.defaultBackend.service.name, which has none such"]],
    ['the certificate of an Ingress', [ingress('web', { number: 80 }, { tls: [{ secretName: 't' }] }), service({})], [secret('t', 'spec.tls[0].secretName', 'Ingress.networking.k8s.io/shop/i')]],
    ['what is to be scaled', [hpa('Deployment', 'wep'), deployment()],
      [`${missing("Deployment.apps 'wep'", 'spec.scaleTargetRef.name', 'HorizontalPodAutoscaler.autoscaling/shop/h')}: did you mean 'web'?`]],
    ['a Role', [object('RoleBinding', 'b', { roleRef: { apiGroup: 'rbac.authorization.k8s.io', kind: 'Role', name: 'r' } }, rbac)],
      [missing("Role.rbac.authorization.k8s.io 'r'", 'roleRef.name', 'RoleBinding.rbac.authorization.k8s.io/shop/b')]],
    ['a ClusterRole that is nearly called so', [
      object('ClusterRoleBinding', 'b', { roleRef: { kind: 'ClusterRole', name: 'web-raeder' } }, rbac), object('ClusterRole', 'web-reader', { rules: [] }, rbac),
    ], [`${missing("ClusterRole.rbac.authorization.k8s.io 'web-raeder'", 'roleRef.name', 'ClusterRoleBinding.rbac.authorization.k8s.io/b')}: did you mean 'web-reader'?`]],
    ['a ServiceAccount that is bound', [object('RoleBinding', 'b', { roleRef: { kind: 'ClusterRole', name: 'view' }, subjects: [{ kind: 'ServiceAccount', name: 'wep' }] }, rbac), deployment()],
      [missing("ServiceAccount 'wep' of shop", 'subjects[0].name', 'RoleBinding.rbac.authorization.k8s.io/shop/b')]],
    ['the Service of a StatefulSet', [{ ...deployment({}, { serviceName: 'none' }), kind: 'StatefulSet' }], [missing("Service 'none'", 'spec.serviceName', 'StatefulSet.apps/shop/web')]],
  ])('%s that nothing makes is a warning', (_title, objects, warnings) => {
    expect(verdictOf(objects)).toEqual({ errors: [], warnings });
  });

  const uses = volume({ secret: { secretName: 's' } });
  test.each<[string, readonly object[]]>([
    ['is there', [volume({ configMap: { name: 'settings', items: [{ key: 'level', path: 'l' }] } }), config]],
    ['is optional', [volume({ secret: { secretName: 's', optional: true } })]],
    ['Kubernetes makes itself', [volume({ configMap: { name: 'kube-root-ca.crt' } }, { serviceAccountName: 'default' })]],
    ['an ExternalSecret makes', [uses, object('ExternalSecret', 'e', { spec: { target: { name: 's' } } }, 'external-secrets.io/v1')]],
    ['an ExternalSecret makes under its own name', [uses, object('ExternalSecret', 's', { spec: {} }, 'external-secrets.io/v1')]],
    ['a SealedSecret makes', [uses, object('SealedSecret', 's', { spec: {} }, 'bitnami.com/v1alpha1')]],
    ['a Certificate makes', [uses, object('Certificate', 'c', { spec: { secretName: 's' } }, 'cert-manager.io/v1')]],
    ['cert-manager makes for an Ingress', [{ ...ingress('web', { number: 80 }, { tls: [{ secretName: 't' }] }), metadata: { name: 'i', annotations: { 'cert-manager.io/cluster-issuer': 'x' } } }, service({})]],
    ['a Job is told to make', [uses, object('Job', 'j', { spec: { template: { spec: pod({ restartPolicy: 'Never' }, { args: ['create', '--secret-name=s'] }) } } }, 'batch/v1')]],
    ['a program may make that is allowed to', [uses, object('Role', 'r', { rules: [{ apiGroups: [''], resources: ['secrets'], verbs: ['create'] }] }, rbac)]],
    ['is scaled, and of a custom kind', [hpa('Rollout', 'r', 'argoproj.io/v1alpha1')]],
    ['is a ClusterRole of somebody else', [object('ClusterRoleBinding', 'b', { roleRef: { kind: 'ClusterRole', name: 'monitoring-viewer' } }, rbac)]],
    ['is a ServiceAccount of a namespace that is not the fleet\'s', [
      object('ClusterRoleBinding', 'b', { roleRef: { kind: 'ClusterRole', name: 'view' }, subjects: [{ kind: 'ServiceAccount', name: 'x', namespace: 'monitoring' }] }, rbac),
    ]],
  ])('what %s is not missing', (_title, objects) => {
    expect(verdictOf(objects)).toEqual({ errors: [], warnings: [] });
  });
});

describe('selectors', () => {
  test.each<[string, readonly object[], readonly string[]]>([
    ['a Service', [deployment(), service({ app: 'wep' })], ['FLT2311 Service/shop/web selects pods with app=wep, and no pod that the fleet runs in shop has them: it has no endpoints']],
    ['a PodDisruptionBudget', [deployment(), object('PodDisruptionBudget', 'p', { spec: { selector: { matchExpressions: [{ key: 'app', operator: 'In', values: ['x', 'y'] }] } } }, 'policy/v1')],
      ['FLT2311 PodDisruptionBudget.policy/shop/p selects pods with app In (x, y), and no pod that the fleet runs in shop has them: it protects nothing']],
    ['a NetworkPolicy', [deployment(), object('NetworkPolicy', 'n', { spec: { podSelector: { matchLabels: { tier: 'db' } } } }, 'networking.k8s.io/v1')],
      ['FLT2311 NetworkPolicy.networking.k8s.io/shop/n selects pods with tier=db, and no pod that the fleet runs in shop has them: it restricts nothing']],
  ])('%s that no pod matches is a warning', (_title, objects, warnings) => {
    expect(verdictOf(objects)).toEqual({ errors: [], warnings });
  });

  test.each<[string, readonly object[]]>([
    ['matches', [deployment(), service({ app: 'web' })]],
    ['is empty', [deployment(), service({})]],
    ['looks at a label that a controller gives', [deployment(), service({ 'app': 'web', 'statefulset.kubernetes.io/pod-name': 'web-0' })]],
    ['is of a namespace in which the fleet runs nothing', [service({ 'k8s-app': 'kube-dns' })]],
    ['may match the pods of an operator', [deployment(), service({ app: 'db' }), object('Postgres', 'db', {}, 'db.example.com/v1')]],
    ['names another host', [deployment(), service({ app: 'x' }, { type: 'ExternalName', externalName: 'a.example' })]],
  ])('one that %s is none', (_title, objects) => {
    expect(verdictOf(objects)).toEqual({ errors: [], warnings: [] });
  });
});

describe('levels', () => {
  const wrong = deployment({ replicas: 1, serviceAccountName: 'web' });
  test.each<[Settings['checks'], readonly string[], readonly string[]]>([
    [{}, ['FLT2301'], []],
    [{ 'unknown-field': 'warning' }, [], ['FLT2301', 'FLT2308']],
    [{ 'unknown-field': 'off' }, [], ['FLT2308']],
    [{ 'unknown-field': 'off', 'missing-reference': 'error' }, ['FLT2308'], []],
    [{ 'unknown-field': 'off', 'missing-reference': 'off' }, [], []],
    [{ 'unknown-field': undefined }, ['FLT2301'], []],
  ])('%j', (checks, errors, warnings) => {
    const found = verdictOf([wrong], { checks });
    expect([found.errors, found.warnings].map(lines => lines.map(line => line.slice(0, 7)))).toEqual([errors, warnings]);
  });

  test.each<[Settings['checks'], string]>([
    [{ 'missing-referense': 'off' } as never, "FLT2322 'missing-referense' in `checks` is no check: did you mean 'missing-reference'?"],
    [{ 'missing-reference': 'none' } as never, "FLT2322 the level of the check 'missing-reference' is \"none\""],
    ['off' as never, 'FLT2322 `checks` of the fleet is not a map'],
  ])('%j are no levels', (checks, error) => {
    expect(verdictOf([], { checks }).errors).toEqual([error]);
  });

  test.each(['1', 'latest', '1.36.x', '2.0', 1.36 as never])('%s is no version of Kubernetes', kubernetesVersion => {
    expect(verdictOf([], { kubernetesVersion }).errors).toEqual([`FLT2325 the \`kubernetesVersion\` of the fleet 'shop' is ${JSON.stringify(kubernetesVersion)}`]);
  });
});

describe('an object that opts out', () => {
  const with_ = (names: string) => {
    const { metadata, ...others } = deployment({ replicas: 1, serviceAccountName: 'web' });
    return { ...others, metadata: { ...metadata, annotations: { 'cdk8s-flotilla.dev/skip-checks': names } } };
  };

  test('is not checked by what it names, and keeps no trace of it in the tree', () => {
    const { files, warnings } = fleetOf([with_('unknown-field, missing-reference')]).synthesize();
    expect(warnings).toEqual([]);
    expect(files.get('clusters/one/web/shop/deployment.apps.web.yaml')).not.toMatch(/annotations|skip-checks/);
  });

  test('is checked by what it does not name', () => {
    expect(verdictOf([with_('missing-reference')]).errors).toEqual([`FLT2301 ${D} has the unknown field spec.template.spec.replicas`]);
  });

  test('of what there is not is an error', () => {
    expect(verdictOf([with_('unknown-feild,missing-reference')]).errors).toContain(`FLT2323 ${D} opts out of 'unknown-feild', which is no check and no rule: did you mean 'unknown-field'?`);
  });
});
