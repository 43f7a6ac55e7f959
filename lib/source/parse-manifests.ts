import { isMap } from './plain';
import { SourceManifest } from './request';
import { FlotillaError } from '../errors';
import { groupOf, Manifest } from '../tree/manifest';
import { parseYamlDocuments } from '../yaml/parse';

/** Lists in lists, of which there is no reason to have more than a few. */
const MAX_LISTS = 20;

/**
 * Parses YAML or JSON into objects: documents without content are skipped, lists are taken apart.
 *
 * @param file its path, for errors and for who asks where an object comes from
 * @throws FLT3002 for a text that cannot be read, FLT2112 for a document that is no object
 */
export function parseManifests(text: string, file: string): SourceManifest[] {
  return parseYamlDocuments(text, file).flatMap((document, i) => takeApart(document, file, `document ${i + 1}`, 0));
}

function takeApart(document: unknown, file: string, place: string, depth: number): SourceManifest[] {
  // A document of comments alone is null to some parsers.
  if (document === null && depth === 0) {
    return [];
  }
  if (!isMap(document) || typeof document.apiVersion !== 'string' || typeof document.kind !== 'string') {
    throw noObject(file, place, describe(document));
  }
  const { apiVersion, kind, items } = document;
  if (!isList(apiVersion, kind) || !(Array.isArray(items) || items === undefined || items === null)) {
    if (!isMap(document.metadata)) {
      throw noObject(file, place, `a ${kind} without metadata`);
    }
    return [{ manifest: document as Manifest, file }];
  }
  if (depth === MAX_LISTS) {
    throw noObject(file, place, `more than ${MAX_LISTS} lists in lists`);
  }
  const itemKind = kind === 'List' ? {} : { apiVersion, kind: kind.slice(0, -'List'.length) };
  return (items ?? []).flatMap((item: unknown, i: number) => takeApart(isMap(item) ? { ...itemKind, ...item } : item, file, `${place}, items[${i}]`, depth + 1));
}

/** A `List`, or a typed one of Kubernetes' own groups; a custom kind may be called AllowList and have items of its own. */
function isList(apiVersion: string, kind: string): boolean {
  const group = groupOf(apiVersion);
  return kind.endsWith('List') && (group === '' || !group.includes('.') || group.endsWith('.k8s.io'));
}

function describe(document: unknown): string {
  if (isMap(document)) {
    const { apiVersion, kind } = document;
    const lacking = [typeof apiVersion === 'string' ? [] : ['apiVersion'], typeof kind === 'string' ? [] : ['kind']].flat();
    return `a map without ${lacking.join(' and ')}`;
  }
  return Array.isArray(document) ? 'a list' : document === null ? 'nothing' : JSON.stringify(document).slice(0, 60);
}

function noObject(file: string, place: string, what: string): FlotillaError {
  return new FlotillaError('FLT2112', {
    what: `${file} holds what is no Kubernetes object: ${place} is ${what}`,
    where: { file },
    fix: 'write it with apiVersion, kind and metadata, or keep it out of the files that the source names',
  });
}
