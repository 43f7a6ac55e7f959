import type { User } from '../api';
import { isMap, type JsonMap } from '../json';
import { groupVersionOf, type ServedResource } from '../served-resource';
import type { Authentication } from './authentication';
import type { Cluster } from './cluster';
import { checkKind, readBody } from './decode-body';
import type { Exchange } from './exchange';
import { timestamp } from '../timestamp';
import { badRequest, invalid } from './refusals';
import type { AccessAttributes } from './rules';

/** Kinds of which no object stays: a POST asks a question. */
export const REVIEWS: ReadonlySet<string> = new Set([
  'SubjectAccessReview', 'LocalSubjectAccessReview', 'SelfSubjectAccessReview', 'SelfSubjectRulesReview', 'TokenReview', 'SelfSubjectReview',
]);

/** Answers a review. @throws StatusError */
export function review(cluster: Cluster, authentication: Authentication, exchange: Exchange, resource: ServedResource, namespace: string | undefined): void {
  const body = checkKind(resource, readBody(exchange, resource.kind, false).value);
  const spec = isMap(body.spec) ? body.spec : {};
  const { answer, shown = spec } = answerOf(cluster, authentication, exchange.user, resource, spec, namespace);
  exchange.send(201, {
    kind: resource.kind, apiVersion: groupVersionOf(resource),
    metadata: resource.kind === 'SelfSubjectReview' ? { creationTimestamp: timestamp(cluster.now()) } : { ...isMap(body.metadata) ? body.metadata : {} },
    ...resource.kind === 'SelfSubjectReview' ? {} : { spec: shown }, status: answer,
  });
}

function answerOf(
  cluster: Cluster, authentication: Authentication, user: User, resource: ServedResource, spec: JsonMap, namespace: string | undefined,
): { readonly answer: JsonMap; readonly shown?: JsonMap } {
  switch (resource.kind) {
    case 'SelfSubjectReview': return { answer: { userInfo: userInfo(user) } };
    case 'TokenReview': return { answer: reviewToken(authentication, spec) };
    case 'SelfSubjectRulesReview': {
      if (typeof spec.namespace !== 'string' || spec.namespace === '') throw badRequest('no namespace on request');
      return { answer: { ...cluster.rules.rulesOf(user, spec.namespace) as unknown as JsonMap, incomplete: false }, shown: {} };
    }
    case 'SelfSubjectAccessReview': return { answer: decide(cluster, resource, spec, user) };
    default: {
      if (resource.kind === 'LocalSubjectAccessReview' && isMap(spec.resourceAttributes) && spec.resourceAttributes.namespace !== namespace) {
        throw badRequest(`spec.resourceAttributes.namespace must match namespace: ${namespace ?? ''}`.replace(/^.*$/, `spec.resourceAttributes.namespace must match namespace: ${namespace ?? ''}`));
      }
      if (!spec.user && !(Array.isArray(spec.groups) && spec.groups.length > 0)) {
        throw invalid(resource, '', [{ reason: 'FieldValueInvalid', message: 'Invalid value: "": at least one of user or group must be specified', field: 'spec.user' }]);
      }
      return {
        answer: decide(cluster, resource, spec, {
          name: String(spec.user ?? ''), groups: Array.isArray(spec.groups) ? spec.groups as string[] : [], ...typeof spec.uid === 'string' ? { uid: spec.uid } : {},
        }),
      };
    }
  }
}

function decide(cluster: Cluster, resource: ServedResource, spec: JsonMap, user: User): JsonMap {
  const { resourceAttributes, nonResourceAttributes } = spec;
  if (isMap(resourceAttributes) === isMap(nonResourceAttributes)) {
    const both = isMap(resourceAttributes);
    throw invalid(resource, '', [{
      reason: 'FieldValueInvalid', field: both ? 'spec.nonResourceAttributes' : 'spec.resourceAttributes',
      message: both ? 'Invalid value: "": cannot be specified in combination with resourceAttributes' : 'Invalid value: "": exactly one of nonResourceAttributes or resourceAttributes must be specified',
    }]);
  }
  const asked = (isMap(resourceAttributes) ? resourceAttributes : nonResourceAttributes) as Record<string, string | undefined>;
  const attributes: AccessAttributes = isMap(resourceAttributes)
    ? { user, verb: asked.verb ?? '', group: asked.group ?? '', version: asked.version ?? '*', resource: asked.resource ?? '', subresource: asked.subresource, namespace: asked.namespace, name: asked.name }
    : { user, verb: asked.verb ?? '', path: asked.path ?? '' };
  const { allowed, reason } = cluster.rules.authorize(attributes);
  return { allowed, ...reason ? { reason } : {} };
}

function reviewToken(authentication: Authentication, spec: JsonMap): JsonMap {
  const audiences = Array.isArray(spec.audiences) && spec.audiences.length > 0 ? spec.audiences as string[] : undefined;
  if (typeof spec.token !== 'string' || spec.token === '') throw badRequest('token is required for TokenReview in authentication');
  const user = authentication.tryToken(spec.token, audiences);
  if (!user) return { user: {}, error: '[invalid bearer token, token lookup failed]' };
  return { authenticated: true, user: userInfo(user), audiences: audiences ?? ['https://kubernetes.default.svc.cluster.local'] };
}

function userInfo({ name, uid, groups, extra }: User): JsonMap {
  return { username: name, ...uid ? { uid } : {}, groups: [...groups], ...extra ? { extra: structuredClone(extra) as unknown as JsonMap } : {} };
}
