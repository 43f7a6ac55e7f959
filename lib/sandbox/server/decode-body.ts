import { isMap, type Json, type JsonMap } from '../json';
import { builtinSchemas } from '../schema/builtin-schemas';
import { groupVersionOf, type ServedResource } from '../served-resource';
import { StatusError } from '../status-error';
import { duplicateKeys } from './duplicate-keys';
import type { Exchange } from './exchange';
import { parseMediaType } from './media-type';
import { onDemand } from './on-demand';
import { badRequest, invalid } from './refusals';

const SCHEME = 'in scheme "pkg/runtime/scheme.go:111"';

export interface Body {
  readonly value: Json;
  /** `duplicate field "data.a"` for each key that the text has twice. */
  readonly duplicates: readonly string[];
}

/** Reads the body of a write. @throws StatusError 400, 415 */
export function readBody(exchange: Exchange, kind: string, checksDuplicates: boolean): Body {
  const { type } = parseMediaType(exchange.header('content-type') ?? 'application/json');
  const text = exchange.body.toString();
  const unrecognized = (why: string, shown: string) => (
    badRequest(`the object provided is unrecognized (must be of type ${kind}): couldn't get version/kind; json parse error: ${why} (${shown})`)
  );
  switch (type) {
    case 'application/json': case '*/*': {
      if (text === '') throw unrecognized('unexpected end of JSON input', '<empty>');
      const value = parseJson(text, why => unrecognized(why, exchange.body.subarray(0, 1024).toString('hex').replace(/^.*$/, hex => (/^[\x20-\x7e]*$/.test(text) && text.startsWith('{') ? text.slice(0, 1024) : hex))));
      return { value, duplicates: checksDuplicates ? duplicateKeys(text) : [] };
    }
    case 'application/vnd.kubernetes.protobuf': return { value: decodeProtobufBody(exchange.body, kind), duplicates: [] };
    case 'application/yaml': return { value: parseYamlBody(text), duplicates: [] };
    default: throw new StatusError(415, 'UnsupportedMediaType',
      'the body of the request was in an unknown format - accepted media types include: application/json, application/yaml, application/vnd.kubernetes.protobuf');
  }
}

function decodeProtobufBody(body: Buffer, kind: string): JsonMap {
  try {
    return onDemand.protobuf.decodeProtobuf(body, (apiVersion, given) => {
      if (given === 'DeleteOptions') return 'meta.v1.DeleteOptions';
      const [version, group = ''] = apiVersion.split('/').reverse();
      return builtinSchemas().tryFind(group, version, given)?.name;
    });
  } catch (e) {
    throw badRequest(`the object provided is unrecognized (must be of type ${kind}): ${(e as Error).message}`);
  }
}

/** A body that may be JSON or YAML, as an apply has it. */
export function parseYamlBody(text: string): Json {
  // JSON is YAML, and much faster read as what it is.
  if (/^\s*\{/.test(text)) {
    try {
      return JSON.parse(text) as Json;
    } catch {
      // A flow mapping of YAML begins likewise.
    }
  }
  try {
    return onDemand.yaml.parseYaml(text, 'body') as Json;
  } catch (e) {
    throw badRequest(`error decoding YAML: error converting YAML to JSON: yaml: ${e instanceof Error ? e.message.split('\n')[0] : String(e)}`);
  }
}

/** JSON, with the complaint of Go's parser when it is none. */
export function parseJson(text: string, refuse: (why: string) => Error): Json {
  try {
    return JSON.parse(text) as Json;
  } catch (e) {
    throw refuse(complaint(text, (e as Error).message));
  }
}

/** What Go says where V8 stumbles. */
function complaint(text: string, message: string): string {
  const at = /position (\d+)/.exec(message);
  if (!at || Number(at[1]) >= text.length) return 'unexpected end of JSON input';
  const character = text[Number(at[1])];
  const before = text.slice(0, Number(at[1])).trimEnd();
  const place = /[{]$/.test(before) ? 'looking for beginning of object key string' : /[:[,]$/.test(before) || before === '' ? 'looking for beginning of value'
    : before.endsWith('"') ? 'after object key:value pair' : 'after object key:value pair';
  return `invalid character '${character}' ${place}`;
}

/** Whether a body is an object of the kind that its path is about. @throws StatusError 400 */
export function checkKind(resource: Pick<ServedResource, 'group' | 'version' | 'kind' | 'definition'>, body: Json): JsonMap {
  const { kind } = resource;
  const groupVersion = groupVersionOf(resource);
  if (!isMap(body)) {
    const what = Array.isArray(body) ? 'array' : body === null ? 'null' : typeof body;
    throw badRequest(`the object provided is unrecognized (must be of type ${kind}): couldn't get version/kind; json parse error: json: cannot unmarshal ${what} into Go value of type struct { APIVersion string "json:\\"apiVersion,omitempty\\""; Kind string "json:\\"kind,omitempty\\"" } (${Buffer.from(JSON.stringify(body)).toString('hex')})`);
  }
  const given = { kind: body.kind ?? '', apiVersion: body.apiVersion ?? '' };
  if (resource.definition !== undefined) {
    if (given.kind === '') throw badRequest(`Object 'Kind' is missing in '${JSON.stringify(body)}'`);
    const { name = '' } = (isMap(body.metadata) ? body.metadata : {}) as { name?: string };
    if (given.kind !== kind) throw mustBe({ kind: String(given.kind), group: resource.group }, name, 'kind', String(given.kind), kind);
    if (given.apiVersion !== groupVersion) throw mustBe({ kind, group: resource.group }, name, 'apiVersion', String(given.apiVersion), groupVersion);
    return body;
  }
  if ((given.kind !== '' && given.kind !== kind) || (given.apiVersion !== '' && given.apiVersion !== groupVersion)) throw wrongKind(resource, String(given.kind || kind), String(given.apiVersion || groupVersion));
  return body;
}

function mustBe(kind: { readonly kind: string; readonly group: string }, name: string, field: string, given: string, wanted: string): StatusError {
  return invalid(kind, name, [{ reason: 'FieldValueInvalid', message: `Invalid value: ${JSON.stringify(given)}: must be ${wanted}`, field }]);
}

function wrongKind({ kind, group, version }: Pick<ServedResource, 'group' | 'version' | 'kind'>, given: string, apiVersion: string): StatusError {
  const givenVersion = apiVersion.includes('/') ? apiVersion.slice(apiVersion.indexOf('/') + 1) : apiVersion;
  if (given !== kind && apiVersion === groupVersionOf({ group, version })) {
    return badRequest(`${given} in version ${JSON.stringify(givenVersion)} cannot be handled as a ${kind}: converting (${version}.${given}) to (${group.split('.')[0] || 'core'}.${kind}): unknown conversion`);
  }
  return badRequest(`${given} in version ${JSON.stringify(givenVersion)} cannot be handled as a ${kind}: no kind ${JSON.stringify(given)} is registered for version ${JSON.stringify(apiVersion)} ${SCHEME}`);
}
