import { FlotillaError } from '../errors';
import { Construction } from './construct';
import { readEvents } from './events';
import { formatMebibytes, MAX_DOCUMENT_BYTES, MAX_FILE_BYTES, MAX_NODES } from './limits';
import { Refusal } from './refusal';

/** Small documents are parsed together: each call has a cost of its own. In UTF-16 code units. */
const PART_LENGTH = 65_536;

/**
 * Parses a text that holds exactly one YAML document.
 *
 * Values are what kubectl, Argo CD and Flux would read (see `resolvePlain`); dates stay strings; keys are strings;
 * aliases are copies; a key that is set twice in one map is an error. The text need not be trusted: what it holds is
 * bounded (32 MiB, 4 MiB a document, 200 levels, two million nodes with aliases expanded).
 *
 * @param text the text, with or without a byte order mark
 * @param file its path, for errors
 * @throws FLT3002 with `file:line:column` when it cannot be read, or holds no document or several
 */
export function parseYaml(text: string, file: string): unknown {
  const documents = parseYamlDocuments(text, file);
  if (documents.length !== 1) {
    throw new FlotillaError('FLT3002', {
      what: `${file} holds ${documents.length === 0 ? 'no YAML document' : `${documents.length} YAML documents`} where one is expected`,
      where: { file },
      fix: documents.length === 0 ? 'write a document, or delete the file' : 'write each document to a file of its own',
    });
  }
  return documents[0];
}

/**
 * Parses a text that holds any number of YAML documents; those without content are left out. Otherwise like `parseYaml`.
 *
 * @throws FLT3002 with `file:line:column` when it cannot be read
 */
export function parseYamlDocuments(text: string, file: string): unknown[] {
  if (Buffer.byteLength(text) > MAX_FILE_BYTES) {
    throw failure(text, file, new Refusal(0, `the file has more than ${formatMebibytes(MAX_FILE_BYTES)}`, 'split it into several files'));
  }
  const documents: unknown[] = [];
  const budget = { nodes: MAX_NODES };
  let start = 0;
  for (const part of splitDocuments(text)) {
    try {
      // One by one: an array that is spread has a limit of its own.
      parsePart(part, budget).forEach(document => documents.push(document));
    } catch (error) {
      const offset = start;
      throw failure(text, file, moved(error, place => offset + place));
    }
    start += part.length;
  }
  return documents;
}

function parsePart(part: string, budget: { nodes: number }): unknown[] {
  if (Buffer.byteLength(part) > MAX_DOCUMENT_BYTES) {
    throw new Refusal(0, `a document has more than ${formatMebibytes(MAX_DOCUMENT_BYTES)}`, 'write smaller objects: no API server stores one of that size');
  }
  const { events, text, originalOffset } = readEvents(part);
  try {
    return new Construction(text, events, budget).documents();
  } catch (error) {
    throw moved(error, originalOffset);
  }
}

/**
 * Cuts before some `---` at the start of a line, which no scalar can hold, so that the memory that parsing needs is
 * bounded by the largest document. A directive belongs to the document after it: then the text stays whole.
 */
function* splitDocuments(text: string): Generator<string> {
  let start = 0;
  let end = 0;
  if (!/(?:^|[\r\n])%/.test(text)) {
    for (const { index } of text.matchAll(/(?<=[\r\n])---(?=[ \t\r\n]|$)/g)) {
      if (index - start > PART_LENGTH && end > start) {
        yield text.slice(start, end);
        start = end;
      }
      end = index;
    }
    if (text.length - start > PART_LENGTH && end > start) {
      yield text.slice(start, end);
      start = end;
    }
  }
  yield text.slice(start);
}

/** The refusal with its place in another text. Everything that is not about the text is passed on as it is. */
function moved(error: unknown, to: (offset: number) => number): unknown {
  return error instanceof Refusal ? new Refusal(to(error.offset), error.reason, error.fix) : error;
}

function failure(text: string, file: string, error: unknown): unknown {
  if (!(error instanceof Refusal)) {
    return error;
  }
  const lines = text.slice(0, error.offset).split(/\r\n|\r|\n/);
  const place = `${file}:${lines.length}:${lines[lines.length - 1].length + 1}`;
  return new FlotillaError('FLT3002', { what: `${file} cannot be read as YAML: ${error.reason}`, where: { file, source: place }, fix: error.fix });
}
