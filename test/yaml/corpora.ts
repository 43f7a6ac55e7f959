import * as fs from 'node:fs';
import * as path from 'node:path';

const CORPORA = path.join(__dirname, '..', '..', '..', 'shared', 'corpora');

/** Whether the open corpora lie beside the project; they are no part of it. */
export const hasCorpora = fs.existsSync(CORPORA);

/** YAML files of a folder of the corpora, as paths relative to the corpora. */
export function listManifests(folder: string): string[] {
  return fs.readdirSync(path.join(CORPORA, folder), { recursive: true, encoding: 'utf8' })
    .filter(name => /\.ya?ml$/.test(name))
    .map(name => path.join(folder, name))
    .sort();
}

/** Text of a file of the corpora. */
export function readCorpus(file: string): string {
  return fs.readFileSync(path.join(CORPORA, file), 'utf8');
}
