import type { ServedResource } from '../served-resource';
import { StatusError } from '../status-error';
import type { Authentication } from './authentication';
import { kindOf } from './catalog';
import type { Cluster } from './cluster';
import { answerDocument, isDocument } from './documents';
import type { Exchange } from './exchange';
import { answerFaults, isFaultPath } from './fault-requests';
import { forbidden } from './forbidden';
import { identify } from './identify';
import { bindingFrom } from './pods-binding';
import { methodNotAllowed, noSuchResource, notFound } from './refusals';
import { parseResourcePath, type ResourcePath } from './request-path';
import { ResourceHandler } from './resource-handler';
import { review, REVIEWS } from './reviews';
import type { AccessAttributes } from './rules';
import { SubresourceHandler } from './subresource-handler';
import { requestInfo, suffer } from './suffer';

/** Answers the requests to one cluster. */
export class RequestHandler {
  constructor(readonly cluster: Cluster, readonly authentication: Authentication) {}

  /** Always answers, whatever happens on the way. */
  async handle(exchange: Exchange): Promise<void> {
    try {
      const path = parseResourcePath(exchange.path);
      const attributes = attributesOf(exchange, path);
      exchange.user = identify(exchange, this.authentication, this.cluster.rules, attributes);
      if (isFaultPath(exchange.path)) return answerFaults(exchange, this.cluster.faults);
      const { faults } = this.cluster;
      if (!faults.isIdle) {
        exchange.info = requestInfo(exchange, attributes);
        if (await suffer(exchange, faults.onRequest(exchange.info))) return;
      }
      await this.route(exchange, path, attributes);
    } catch (e) {
      exchange.fail(e);
    }
  }

  private async route(exchange: Exchange, path: ResourcePath | undefined, attributes: Omit<AccessAttributes, 'user'>): Promise<void> {
    this.authorize({ ...attributes, user: exchange.user });
    if (!path) return this.answerPath(exchange);
    const resource = this.cluster.catalog.tryFind(path.group, path.version, path.plural);
    const { verb } = attributes;
    if (verb === '') throw methodNotAllowed();
    if (!resource) {
      if (this.cluster.catalog.hasGroupVersion(path.group, path.version) && isBuiltIn(this.cluster, path)) throw noSuchResource();
      return exchange.sendPlain(404, '404 page not found\n');
    }
    return this.answer(exchange, resource, path, verb);
  }

  private async answer(exchange: Exchange, resource: ServedResource, path: ResourcePath, verb: string): Promise<void> {
    const { cluster, authentication } = this;
    const { subresource, name } = path;
    const namespace = resource.namespaced ? path.namespace : undefined;
    if (resource.namespaced && namespace === undefined && name !== undefined) throw noSuchResource();
    if (!resource.namespaced && path.namespace !== undefined && resource.plural !== 'namespaces') throw noSuchResource();
    if (REVIEWS.has(resource.kind) && resource.definition === undefined) {
      if (verb !== 'create') throw methodNotAllowed();
      return review(cluster, authentication, exchange, resource, namespace);
    }
    if (subresource !== undefined) return this.answerSubresource(exchange, resource, path, namespace, verb);
    if (resource.plural === 'bindings' && resource.group === '' && verb === 'create') return bindingFrom(cluster, exchange, namespace);
    // Discovery of a definition that is being deleted names fewer verbs than are served.
    if (resource.definition === undefined && !resource.verbs.includes(verb)) throw methodNotAllowed();
    if ((verb === 'create') !== (name === undefined) && ['create', 'update', 'patch'].includes(verb)) throw methodNotAllowed();
    if (verb === 'create' && resource.namespaced && namespace === undefined) throw methodNotAllowed();
    if (verb === 'deletecollection' && resource.namespaced && namespace === undefined) throw methodNotAllowed();
    const handler = new ResourceHandler(cluster, exchange, resource, namespace, name, undefined);
    switch (verb) {
      case 'get': return handler.get();
      case 'list': return handler.list();
      case 'watch': return handler.watch();
      case 'create': return handler.create();
      case 'update': return handler.update();
      case 'patch': return handler.patch();
      case 'delete': return handler.delete();
      case 'deletecollection': return handler.deleteCollection();
      default: throw methodNotAllowed();
    }
  }

  private async answerSubresource(
    exchange: Exchange, resource: ServedResource, path: ResourcePath, namespace: string | undefined, verb: string,
  ): Promise<void> {
    const subresource = path.subresource!;
    const served = resource.subresources.find(each => each.name === subresource);
    // Who serves definitions says it as of an object that is not there.
    if (!served) throw resource.definition === undefined ? noSuchResource() : notFound(resource, path.name!);
    if (!served.verbs.includes(verb)) throw methodNotAllowed();
    const { cluster, authentication } = this;
    const name = path.name!;
    const own = new SubresourceHandler(cluster, authentication, exchange, resource, namespace, name);
    if (served.kind === 'Scale' && served.group === 'autoscaling') return own.scale(verb);
    if (served.kind === 'Eviction') return own.evict();
    if (served.kind === 'Binding') return own.bind();
    if (served.kind === 'TokenRequest') return own.issueToken();
    if (served.kind !== resource.kind) {
      // What reaches into containers: there are none.
      throw new StatusError(501, 'NotImplemented', `the sandbox has no containers: ${kindOf(resource)}/${subresource} is not there`);
    }
    const handler = new ResourceHandler(cluster, exchange, resource, namespace, name, subresource);
    switch (verb) {
      case 'get': return handler.get();
      case 'update': return handler.update();
      case 'patch': return handler.patch();
      default: throw methodNotAllowed();
    }
  }

  private answerPath(exchange: Exchange): void {
    if (!isDocument(exchange.path)) return exchange.sendPlain(404, '404 page not found\n');
    if (exchange.method !== 'GET' && exchange.method !== 'HEAD') throw methodNotAllowed();
    answerDocument(this.cluster, exchange);
  }

  private authorize(attributes: AccessAttributes): void {
    const { allowed, reason } = this.cluster.rules.authorize(attributes);
    if (!allowed) throw forbidden(attributes, reason);
  }
}

function attributesOf(exchange: Exchange, path: ResourcePath | undefined): Omit<AccessAttributes, 'user'> {
  if (!path) return { verb: exchange.method.toLowerCase(), path: exchange.path };
  const { group, version, plural, subresource, namespace, name } = path;
  return { verb: verbOf(exchange, path), group, version, resource: plural, subresource, namespace, name };
}

/** As authorization names it; empty for a method that no resource has. */
function verbOf(exchange: Exchange, { name, watch }: ResourcePath): string {
  switch (exchange.method) {
    case 'GET': case 'HEAD': {
      if (watch) return 'watch';
      // A watch of one object by its path is a GET of it, unless a field selector names it.
      if (name !== undefined) return 'get';
      const asked = exchange.query.get('watch');
      return asked !== null && !['false', '0', 'f', 'F', 'False', 'FALSE'].includes(asked) ? 'watch' : 'list';
    }
    case 'POST': return 'create';
    case 'PUT': return 'update';
    case 'PATCH': return 'patch';
    case 'DELETE': return name === undefined ? 'deletecollection' : 'delete';
    default: return '';
  }
}

function isBuiltIn({ catalog }: Cluster, { group, version }: ResourcePath): boolean {
  return catalog.list().some(each => each.group === group && each.version === version && each.definition === undefined);
}

