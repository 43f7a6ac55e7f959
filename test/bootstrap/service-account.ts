import { join } from 'node:path';
import { KubeClient } from '../control-plane/client';
import { writeKubeconfig } from '../control-plane/kubeconfig';
import type { Plane } from '../control-plane/plane';
import { temporaryFolder } from '../temporary-folder';

/** Somebody who presents a token of a ServiceAccount, as a pod of it would. */
export interface AccountUser {
  /** A file; its one context has the name that was given. */
  readonly kubeconfig: string;
  readonly kube: KubeClient;
}

export async function userOfAccount(plane: Plane, kube: KubeClient, account: string, name: string): Promise<AccountUser> {
  const [namespace, of] = account.split('/');
  const { body } = await kube.request('POST', `/api/v1/namespaces/${namespace}/serviceaccounts/${of}/token`, {
    apiVersion: 'authentication.k8s.io/v1', kind: 'TokenRequest', spec: { expirationSeconds: 3600 },
  }, { 'content-type': 'application/json' });
  const { status } = body as { status: { token: string } };
  const kubeconfig = join(temporaryFolder(), 'kubeconfig');
  writeKubeconfig(kubeconfig, [{ name, url: plane.url, caFile: plane.caFile, token: status.token }]);
  return { kubeconfig, kube: new KubeClient(plane.url, status.token, plane.caFile) };
}

/** Whether the server would let this user do something: `patch deployments.apps/scale NAME in NAMESPACE`; the last three may be left out. */
export async function may(kube: KubeClient, question: string): Promise<boolean> {
  const match = /^(\S+) ([a-z]+)(?:\.([^/ ]+))?(?:\/(\w+))?(?: ([\w:.-]+?))?(?: in (\S+))?$/.exec(question);
  if (!match) throw new Error(`'${question}' is no question`);
  const [, verb, resource, group = '', subresource, name, namespace] = match;
  const review = { apiVersion: 'authorization.k8s.io/v1', kind: 'SelfSubjectAccessReview', spec: { resourceAttributes: { verb, resource, group, subresource, name, namespace } } };
  const { status, body } = await kube.request('POST', '/apis/authorization.k8s.io/v1/selfsubjectaccessreviews', review, { 'content-type': 'application/json' });
  if (status !== 201) throw new Error(`a review was answered by ${status}`);
  return (body as { status: { allowed: boolean } }).status.allowed;
}
