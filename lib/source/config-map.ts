import { readFileSync } from 'node:fs';
import { basename } from 'node:path';
import { ConfigMapRequest } from './request';
import { SourceFolders } from './source-folders';
import { FlotillaError } from '../errors';
import type { Manifest } from '../tree/manifest';
import { NAME_ANNOTATION } from '../tree/names';

/** What the API server takes for keys of a ConfigMap. */
const KEY = /^[-._a-zA-Z0-9]{1,253}$/;
/** What it takes for the content of one, in bytes: keys, `data` and `binaryData` as they are in base64. */
const MAX_BYTES = 1024 * 1024;

/**
 * Makes a ConfigMap of files and literals.
 *
 * @throws FLT2106 for a missing file, FLT2107 for one outside of the folders that sources may read, FLT2601 for a key that cannot be one, FLT2602 for one
 *   that is there twice, FLT2603 for more than a ConfigMap holds
 */
export function readConfigMap(request: ConfigMapRequest, folders: SourceFolders): Manifest {
  const { name, literals, nameByContent } = request;
  const data = new Map<string, string>();
  const binaryData = new Map<string, string>();
  const origins = new Map<string, string>();
  const add = (key: string, origin: string, to: Map<string, string>, value: string): void => {
    checkKey(name, key, origin);
    const other = origins.get(key);
    if (other !== undefined) {
      throw new FlotillaError('FLT2602', {
        what: `the ConfigMap '${name}' gets the key '${key}' twice: from ${other} and from ${origin}`,
        fix: "give one of them another key: `files: { 'other.yaml': 'path/of/the/file.yaml' }`",
      });
    }
    origins.set(key, origin);
    to.set(key, value);
  };
  for (const [key, value] of Object.entries(literals)) {
    add(key, 'a literal', data, value);
  }
  for (const [key, path] of keyed(request.files)) {
    const content = readFileSync(folders.find(path, 'the file'));
    const text = tryText(content);
    add(key, folders.show(path), text === undefined ? binaryData : data, text ?? content.toString('base64'));
  }
  checkSize(name, [...data, ...binaryData]);
  return {
    apiVersion: 'v1', kind: 'ConfigMap', metadata: { name, ...nameByContent ? { annotations: { [NAME_ANNOTATION]: 'by-content' } } : {} },
    ...data.size > 0 ? { data: sorted(data) } : {}, ...binaryData.size > 0 ? { binaryData: sorted(binaryData) } : {},
  };
}

function keyed(files: ConfigMapRequest['files']): (readonly [string, string])[] {
  return Array.isArray(files) ? files.map((path: string) => [basename(path), path] as const) : Object.entries(files);
}

/** Undefined for what is no UTF-8. */
function tryText(content: Buffer): string | undefined {
  try {
    return new TextDecoder('utf-8', { fatal: true, ignoreBOM: true }).decode(content);
  } catch {
    return undefined;
  }
}

function checkKey(name: string, key: string, origin: string): void {
  if (!KEY.test(key) || key === '.' || key.startsWith('..')) {
    throw new FlotillaError('FLT2601', {
      what: `${JSON.stringify(key)} (${origin}) cannot be a key of the ConfigMap '${name}'`,
      fix: 'use letters, digits, `-`, `_` and `.`, 253 at most, and no `..` at the start',
    });
  }
}

function checkSize(name: string, entries: readonly (readonly [string, string])[]): void {
  const bytes = entries.reduce((sum, [key, value]) => sum + Buffer.byteLength(key) + Buffer.byteLength(value), 0);
  if (bytes > MAX_BYTES) {
    const [largest] = [...entries].sort(([, a], [, b]) => b.length - a.length);
    throw new FlotillaError('FLT2603', {
      what: `the ConfigMap '${name}' holds ${bytes} bytes, and a ConfigMap holds ${MAX_BYTES} at most; the largest key is '${largest[0]}'`,
      fix: 'split it into several, or put large files into an image or a volume',
    });
  }
}

function sorted(map: ReadonlyMap<string, string>): Record<string, string> {
  return Object.fromEntries([...map].sort(([a], [b]) => (a < b ? -1 : 1)));
}
