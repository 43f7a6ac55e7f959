import { StatusError } from '../status-error';

export interface MediaType {
  /** `application/json` */
  readonly type: string;
  readonly parameters: Readonly<Record<string, string>>;
}

/** How an answer is to look. */
export interface OutputForm {
  readonly encoding: 'json' | 'yaml';
  /** What objects are turned into; absent: they go as they are. */
  readonly as?: 'Table' | 'PartialObjectMetadata' | 'PartialObjectMetadataList';
  /** Of that, `v1` or `v1beta1`. */
  readonly asVersion?: string;
  /** The `Content-Type` of the answer. */
  readonly contentType: string;
}

const PLAIN: OutputForm = { encoding: 'json', contentType: 'application/json' };
const known = new Map<string, readonly MediaType[]>();

/** The types of an `Accept` header, the best first. */
export function parseAccept(header: string): readonly MediaType[] {
  const before = known.get(header);
  if (before) return before;
  const types = header.split(',').map(parseMediaType)
    .sort((a, b) => Number(b.parameters.q ?? 1) - Number(a.parameters.q ?? 1));
  // Clients send few different ones; who sends more does not fill the memory.
  if (known.size < 1_000) known.set(header, types);
  return types;
}

export function parseMediaType(text: string): MediaType {
  const [type, ...parameters] = text.split(';').map(part => part.trim());
  return {
    type: type.toLowerCase(),
    parameters: Object.fromEntries(parameters.map(part => {
      const at = part.indexOf('=');
      return at < 0 ? [part, ''] : [part.slice(0, at).trim(), part.slice(at + 1).trim().replace(/^"(.*)"$/, '$1')];
    })),
  };
}

/**
 * Chooses how an answer looks.
 *
 * @param allows which of the forms besides the plain one the answer can have
 * @throws StatusError 406
 */
export function chooseOutput(header: string | undefined, allows: readonly OutputForm['as'][]): OutputForm {
  if (header === undefined || header === 'application/json' || header === '*/*' || header === '') return PLAIN;
  for (const { type, parameters } of parseAccept(header)) {
    const encoding = type === 'application/yaml' ? 'yaml' : type === 'application/json' || type === '*/*' || type === 'application/*' ? 'json' : undefined;
    if (!encoding) continue;
    const { as, g, v } = parameters;
    if (as === undefined) return encoding === 'json' ? PLAIN : { encoding, contentType: 'application/yaml' };
    const form = allows.find(each => each === as);
    if (form && g === 'meta.k8s.io' && (v === 'v1' || v === 'v1beta1')) {
      return { encoding, as: form, asVersion: v, contentType: `${encoding === 'json' ? 'application/json' : 'application/yaml'};g=meta.k8s.io;v=${v};as=${as}` };
    }
  }
  throw new StatusError(406, 'NotAcceptable', `406: Not Acceptable\n\nAvailable representations: ${[
    'application/json', 'application/yaml', 'application/vnd.kubernetes.protobuf', 'application/json;stream=watch', 'application/vnd.kubernetes.protobuf;stream=watch',
  ].join(', ')}`, {});
}
