import type { Controller } from './controller';
import { keyOf, type Kubernetes } from './objects';
import { ownKey } from './replica-set';

interface Secret extends Kubernetes {
  type?: string;
  data?: Record<string, string>;
}

const TYPE = 'kubernetes.io/service-account-token';
const NAME = 'kubernetes.io/service-account.name';
const UID = 'kubernetes.io/service-account.uid';

/** Fills Secrets that ask for the token of a ServiceAccount, and removes them with it. */
export const serviceAccountTokens: Controller = {
  name: 'token',
  on: {
    secrets: event => ((event.object as unknown as Secret).type === TYPE ? ownKey(event) : []),
    serviceaccounts: ({ type, object: { metadata } }, cluster) => (type === 'MODIFIED' ? []
      : cluster.list<Secret>('secrets', metadata.namespace).filter(secret => secret.type === TYPE && secret.metadata.annotations?.[NAME] === metadata.name).map(keyOf)),
  },

  reconcile(cluster, key) {
    const secret = cluster.findKey<Secret>('secrets', key);
    const { issueToken, rootCertificate } = cluster.options;
    if (!secret || !issueToken || secret.metadata.deletionTimestamp !== undefined) return;
    const { metadata, data = {} } = secret;
    const namespace = metadata.namespace!;
    const account = cluster.find('serviceaccounts', namespace, metadata.annotations?.[NAME] ?? '');
    const wanted = metadata.annotations?.[UID];
    if (!account || (wanted !== undefined && wanted !== account.metadata.uid)) {
      // One that was never filled may have come before its account.
      if (wanted !== undefined || data.token !== undefined) cluster.delete('secrets', metadata);
      return;
    }
    if (data.token !== undefined && data.namespace !== undefined && data['ca.crt'] !== undefined && wanted !== undefined) return;
    const { name, uid } = account.metadata;
    const encode = (text: string) => Buffer.from(text).toString('base64');
    cluster.update<Secret>('secrets', {
      ...secret,
      metadata: { ...metadata, annotations: { ...metadata.annotations, [UID]: uid } },
      data: {
        ...data,
        'ca.crt': encode(rootCertificate),
        'namespace': encode(namespace),
        'token': data.token ?? encode(issueToken({ namespace, name, uid, secret: { name: metadata.name, uid: metadata.uid } })),
      },
    });
  },
};
