import { createHash } from 'node:crypto';
import type { Cluster } from './cluster';
import type { Exchange } from './exchange';
import { parseAccept } from './media-type';
import { builtinSchemas } from '../schema/builtin-schemas';
import type { SwaggerDocument } from '../schema/swagger-document';

const HEALTH = /^\/(healthz|livez|readyz)(\/[\w.-]+)?$/;
const FIXED = new Set(['/', '/api', '/apis', '/version', '/openapi/v2', '/openapi/v3', '/metrics']);

/** Whether a path is one of the server's own, or of discovery. */
export function isDocument(path: string): boolean {
  const trimmed = path.length > 1 ? path.replace(/\/$/, '') : path;
  return FIXED.has(trimmed) || HEALTH.test(trimmed) || /^\/openapi\/v3\/.+$/.test(trimmed) || /^\/api\/[^/]+$/.test(trimmed) || /^\/apis\/[^/]+(\/[^/]+)?$/.test(trimmed);
}

/** Answers health, version, discovery and OpenAPI. */
export function answerDocument(cluster: Cluster, exchange: Exchange): void {
  const path = exchange.path.length > 1 ? exchange.path.replace(/\/$/, '') : exchange.path;
  const [, root, group, version] = path.split('/');
  const documents = cluster.documentsFor(exchange.info);
  if (HEALTH.test(path)) return exchange.flag('verbose') || exchange.query.has('verbose') ? exchange.sendText(200, `[+]ping ok\n${root} check passed\n`, 'text/plain; charset=utf-8') : exchange.sendText(200, 'ok', 'text/plain; charset=utf-8');
  switch (path) {
    case '/': return exchange.send(200, { paths: ['/api', '/api/v1', '/apis', '/healthz', '/livez', '/metrics', '/openapi/v2', '/openapi/v3', '/readyz', '/version'] });
    case '/version': return exchange.send(200, builtinSchemas().version);
    case '/metrics': return exchange.sendText(200, metrics(cluster), 'text/plain; version=0.0.4; charset=utf-8');
    case '/api': return aggregatedOr(exchange, () => documents.discovery.aggregatedApi, () => documents.discovery.apiVersions(exchange.header('host') ?? ''));
    case '/apis': return aggregatedOr(exchange, () => documents.discovery.aggregatedApis, () => documents.discovery.groupList);
    case '/openapi/v2': return sendSwagger(exchange, documents.openApi.swagger);
    case '/openapi/v3': return sendTagged(exchange, JSON.stringify(documents.openApi.index), 'text/plain; charset=utf-8');
    default:
  }
  if (root === 'openapi') {
    const document = documents.openApi.tryDocument(path.slice('/openapi/v3/'.length));
    return document ? sendTagged(exchange, document.text, 'application/json', `"${document.hash}"`) : exchange.sendPlain(404, '404 page not found\n');
  }
  const { discovery } = documents;
  const found = root === 'api' ? discovery.tryResourceList('', group) : version === undefined ? discovery.tryGroup(group) : discovery.tryResourceList(group, version);
  if (!found) return exchange.sendPlain(404, '404 page not found\n');
  exchange.send(200, found);
}

const AGGREGATED = 'application/json;g=apidiscovery.k8s.io;v=v2;as=APIGroupDiscoveryList';

/** All groups at once, for who knows that form. */
function aggregatedOr(exchange: Exchange, aggregated: () => object, plain: () => object): void {
  for (const { type, parameters } of parseAccept(exchange.header('accept') ?? '*/*')) {
    if (type !== 'application/json' && type !== '*/*' && type !== 'application/*') continue;
    const { as, g, v } = parameters;
    if (as === undefined) return exchange.send(200, plain());
    if (as === 'APIGroupDiscoveryList' && g === 'apidiscovery.k8s.io' && v === 'v2') return sendTagged(exchange, `${JSON.stringify(aggregated())}\n`, AGGREGATED);
  }
  exchange.send(200, plain());
}

/** As it is asked for; as it is named in an answer, where an at sign is not allowed. */
const SWAGGER_ASKED = 'application/com.github.proto-openapi.spec.v2@v1.0+protobuf';
const SWAGGER = 'application/com.github.proto-openapi.spec.v2.v1.0+protobuf';

/** As protobuf for who asks for that, kubectl among them. */
function sendSwagger(exchange: Exchange, document: SwaggerDocument): void {
  const types = parseAccept(exchange.header('accept') ?? '*/*').map(({ type }) => type);
  if (!types.some(type => type === SWAGGER_ASKED || type === SWAGGER)) return sendTagged(exchange, document.text, 'application/json');
  exchange.sendBytes(200, document.bytes, SWAGGER, {});
}

function sendTagged(exchange: Exchange, text: string, contentType: string, tag = `"${createHash('sha512').update(text).digest('hex').toUpperCase()}"`): void {
  if (exchange.header('if-none-match') === tag) {
    exchange.response.writeHead(304, { etag: tag });
    exchange.response.end();
    return;
  }
  exchange.sendText(200, text, contentType, { etag: tag, vary: 'Accept' });
}

function metrics({ store }: Cluster): string {
  return [
    '# HELP apiserver_storage_objects Number of stored objects at the time of last check split by kind.', '# TYPE apiserver_storage_objects gauge',
    ...store.kinds().map(kind => `apiserver_storage_objects{resource="${kind}"} ${store.count(kind)}`),
    '# HELP sandbox_revision The resourceVersion of the newest write.', '# TYPE sandbox_revision counter', `sandbox_revision ${store.revision}`, '',
  ].join('\n');
}
