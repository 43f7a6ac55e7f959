import { isMap, type JsonMap, type StoredObject } from '../json';
import type { ServedResource } from '../served-resource';
import { StatusError } from '../status-error';
import type { Authentication } from './authentication';
import { bindPod } from './binding';
import { kindOf } from './catalog';
import type { Cluster } from './cluster';
import { checkKind, readBody } from './decode-body';
import { deleteObject } from './deletes';
import { evictPod } from './eviction';
import type { Exchange } from './exchange';
import { chooseOutput } from './media-type';
import { timestamp } from '../timestamp';
import { patchTypeOf, readPatch } from './patch-object';
import { invalid, notFound } from './refusals';
import { readScale, writeScale } from './scale';
import { parseWriteOptions } from './write-options';
import type { NextObject, WriteRequest } from './write-request';

const SCALE = { group: 'autoscaling', version: 'v1', kind: 'Scale' };

/** `/scale`, `/eviction`, `/binding` and `/token`: subresources with a body of their own kind. */
export class SubresourceHandler {
  constructor(
    private readonly cluster: Cluster, private readonly authentication: Authentication, private readonly exchange: Exchange,
    private readonly resource: ServedResource, private readonly namespace: string | undefined, private readonly name: string,
  ) {}

  scale(verb: string): void {
    const { cluster, exchange, name } = this;
    const form = chooseOutput(exchange.header('accept'), []);
    if (verb === 'get') return exchange.send(200, readScale(cluster, this.request('UpdateOptions'), name), form);
    const next: NextObject = verb === 'update' ? this.scaleOfBody() : this.patchedScale();
    const { object } = writeScale(cluster, this.request(verb === 'update' ? 'UpdateOptions' : 'PatchOptions'), name, next);
    exchange.send(200, object, form);
  }

  evict(): void {
    const { cluster, exchange, namespace, name } = this;
    const request = this.request('CreateOptions');
    const { value } = readBody(exchange, 'Eviction', false);
    const eviction = checkKind({ group: 'policy', version: 'v1', kind: 'Eviction' }, value);
    evictPod(cluster, request, namespace!, name, isMap(eviction.deleteOptions) ? eviction.deleteOptions : {}, deleteObject);
    exchange.send(201, { kind: 'Status', apiVersion: 'v1', metadata: {}, status: 'Success', code: 201 });
  }

  bind(): void {
    const { exchange } = this;
    const request = this.request('CreateOptions');
    const { value } = readBody(exchange, 'Binding', false);
    bindPod(this.cluster, request, this.name, checkKind({ group: '', version: 'v1', kind: 'Binding' }, { kind: 'Binding', apiVersion: 'v1', ...value as JsonMap }));
    exchange.send(201, { kind: 'Status', apiVersion: 'v1', metadata: {}, status: 'Success', code: 201 });
  }

  issueToken(): void {
    const { cluster, exchange, namespace, name } = this;
    const account = cluster.store.tryFind(kindOf(this.resource), namespace ?? '', name);
    if (!account) throw notFound(this.resource, name);
    const { value } = readBody(exchange, 'TokenRequest', false);
    const body = checkKind({ group: 'authentication.k8s.io', version: 'v1', kind: 'TokenRequest' }, value);
    const spec = isMap(body.spec) ? body.spec : {};
    const seconds = typeof spec.expirationSeconds === 'number' ? spec.expirationSeconds : 3600;
    if (seconds < 600) {
      throw invalid({ group: 'authentication.k8s.io', kind: 'TokenRequest' }, name, [{
        reason: 'FieldValueInvalid', message: `Invalid value: ${seconds}: may not specify a duration less than 10 minutes`, field: 'spec.expirationSeconds',
      }]);
    }
    const audiences = Array.isArray(spec.audiences) && spec.audiences.length > 0 ? spec.audiences as string[] : ['https://kubernetes.default.svc.cluster.local'];
    const bound = isMap(spec.boundObjectRef) ? spec.boundObjectRef : undefined;
    const boundTo = bound && { kind: String(bound.kind), name: String(bound.name), uid: String(bound.uid ?? '') };
    const now = cluster.now();
    const issued = Math.floor(now.getTime() / 1000);
    const { uid } = account.metadata;
    const token = this.authentication.issueToken({ namespace: namespace!, name, uid, audiences, issued, expires: issued + seconds, boundTo });
    exchange.send(201, {
      kind: 'TokenRequest', apiVersion: 'authentication.k8s.io/v1', metadata: { name, namespace, creationTimestamp: timestamp(now) },
      spec: { audiences, expirationSeconds: seconds, boundObjectRef: bound ?? null },
      status: { token, expirationTimestamp: timestamp(new Date(now.getTime() + seconds * 1000)) },
    });
  }

  private scaleOfBody(): NextObject {
    const scale = checkKind(SCALE, readBody(this.exchange, 'Scale', false).value);
    return () => scale;
  }

  private patchedScale(): NextObject {
    const type = patchTypeOf(this.exchange.header('content-type'), false);
    if (type === 'apply') throw new StatusError(415, 'UnsupportedMediaType', '415: Unsupported Media Type', {});
    const patch = readPatch(type, this.exchange.body.toString(), undefined);
    return live => patch.apply(live as StoredObject);
  }

  private request(options: string): WriteRequest {
    const { resource, namespace, exchange } = this;
    const { dryRun, manager, fieldValidation } = parseWriteOptions(exchange, options);
    return { resource, namespace, user: exchange.user, manager, dryRun, fieldValidation, warnings: exchange.warnings };
  }
}

