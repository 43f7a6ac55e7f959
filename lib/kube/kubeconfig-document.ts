import { statSync, readFileSync } from 'node:fs';
import { load, YAMLException } from 'js-yaml';
import { FlotillaError } from '../errors';

/** An object of YAML whose content nobody vouches for. */
export type Fields = Readonly<Record<string, unknown>>;

/** One kubeconfig file as it is, with its entries by name. */
export interface KubeconfigDocument {
  readonly path: string;
  readonly currentContext?: string;
  readonly clusters: ReadonlyMap<string, Fields>;
  readonly users: ReadonlyMap<string, Fields>;
  readonly contexts: ReadonlyMap<string, Fields>;
}

// A hub has a thousand clusters in one file of megabytes: it is parsed once for all, and again when it changes.
const parsed = new Map<string, { readonly stamp: string; readonly document: KubeconfigDocument }>();

/**
 * Reads a kubeconfig file; undefined when there is none.
 *
 * @throws FLT5002 when it cannot be read or is no kubeconfig
 */
export function readKubeconfigDocument(path: string): KubeconfigDocument | undefined {
  const stamp = stampOf(path);
  if (stamp === undefined) {
    parsed.delete(path);
    return undefined;
  }
  const known = parsed.get(path);
  if (known?.stamp === stamp) {
    return known.document;
  }
  const document = parseKubeconfig(path, readText(path));
  parsed.set(path, { stamp, document });
  return document;
}

/** Parses the text of a kubeconfig; `path` is for messages and for what the file names relative to itself. */
export function parseKubeconfig(path: string, text: string): KubeconfigDocument {
  const root = parse(path, text);
  if (!isFields(root)) {
    throw invalid(path, `${path} is no kubeconfig: it holds no mapping`);
  }
  return {
    path,
    currentContext: textOf(root, 'current-context'),
    clusters: entries(path, root, 'clusters', 'cluster'),
    users: entries(path, root, 'users', 'user'),
    contexts: entries(path, root, 'contexts', 'context'),
  };
}

export function isFields(value: unknown): value is Fields {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

/** A text, also where YAML reads a number: a context may be called `1`. Empty is absent. */
export function textOf(fields: Fields | undefined, key: string): string | undefined {
  const value = fields?.[key];
  return typeof value === 'string' || typeof value === 'number' ? String(value) || undefined : undefined;
}

function entries(path: string, root: Fields, list: string, content: string): Map<string, Fields> {
  const found = new Map<string, Fields>();
  const items = root[list] ?? [];
  if (!Array.isArray(items)) {
    throw invalid(path, `${path} is no kubeconfig: '${list}' is no list`);
  }
  for (const item of items as unknown[]) {
    const name = isFields(item) ? textOf(item, 'name') : undefined;
    if (name === undefined) {
      throw invalid(path, `${path} has an entry of '${list}' without a name`);
    }
    const value = (item as Fields)[content];
    // Two entries of one name in one file: the last one wins, as in kubectl.
    found.set(name, isFields(value) ? value : {});
  }
  return found;
}

function parse(path: string, text: string): unknown {
  try {
    return load(text);
  } catch (error) {
    // The exception's message quotes the lines around the mistake, and they may hold a token.
    const why = error instanceof YAMLException ? `${error.reason}${error.mark ? ` in line ${error.mark.line + 1}` : ''}` : 'it is no YAML';
    throw invalid(path, `${path} cannot be parsed: ${why}`);
  }
}

function stampOf(path: string): string | undefined {
  const stat = statSync(path, { bigint: true, throwIfNoEntry: false });
  return stat && `${stat.ino} ${stat.size} ${stat.mtimeNs} ${stat.ctimeNs}`;
}

function readText(path: string): string {
  try {
    return readFileSync(path, 'utf8');
  } catch (error) {
    throw new FlotillaError('FLT5002', {
      what: `the kubeconfig ${path} cannot be read`,
      where: { file: path },
      fix: 'check the path and who may read the file',
      cause: error,
    });
  }
}

function invalid(path: string, what: string): FlotillaError {
  return new FlotillaError('FLT5002', { what, where: { file: path }, fix: 'mend the file; `kubectl config view` shows it as kubectl reads it' });
}
