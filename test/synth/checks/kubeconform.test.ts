import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { verdictOf } from './one-object';
import { FlotillaError } from '../../../lib';
import { parseYamlDocuments } from '../../../lib/yaml/parse';

const FOLDER = join(__dirname, '../../../../shared/corpora/kubeconform');
const present = existsSync(FOLDER);

/** Files that must be refused, with the codes of what is wrong in them. All others are accepted. */
const REFUSED: Readonly<Record<string, readonly string[]>> = {
  // A v1beta1 CustomResourceDefinition: no Kubernetes since 1.22 serves it, whatever schema there once was.
  'crd_schema.yaml': ['FLT2305'],
  'duplicate_property.yaml': ['FLT3002'],
  'duplicates-non-namespaced.yaml': ['FLT2001'],
  // `kind: SkipThisKind` of v1; kubeconform is told to skip it there, and we are told nothing.
  'duplicates-skipped-kinds.yaml': ['FLT2001', 'FLT2305'],
  'duplicates-with-namespace-default.yaml': ['FLT2001'],
  'duplicates-with-namespace.yaml': ['FLT2001'],
  'duplicates.yaml': ['FLT2001'],
  // kubeconform accepts it unless it is strict. An API server that applies it drops the field or refuses it: so do we.
  'extra_property.yaml': ['FLT2301'],
  // Valid, and nothing that can be committed: an object in Git has a name.
  'generate_name.yaml': ['FLT2014'],
  'invalid.yaml': ['FLT2301', 'FLT2302'],
  'list_invalid.yaml': ['FLT2301', 'FLT2302'],
  'missing_apiversion.yaml': ['FLT2013'],
  'missing_kind.yaml': ['FLT2013'],
  'missing_kind_value.yaml': ['FLT2013'],
  'multi_invalid.yaml': ['FLT2302'],
  'multi_invalid_resources.yaml': ['FLT2013'],
  // Two Deployments of one name, of apps/v1 and apps/v1beta1: to a cluster they are one object.
  'same-kind-different-api.yaml': ['FLT2001'],
};

const files = present ? readdirSync(FOLDER).filter(name => /\.(yaml|json)$/.test(name) && name !== 'grafanaalertrulegroup_v1beta1.json') : ['the corpora are not here'];

(present ? test.each(files) : test.skip.each(files))('%s is accepted or refused as its name says', file => {
  expect(codesOf(readFileSync(join(FOLDER, file), 'utf8'), file)).toEqual(REFUSED[file] ?? []);
});

function codesOf(text: string, file: string): string[] {
  try {
    const { errors } = verdictOf(parseYamlDocuments(text, file), { namespace: 'the-default-namespace' });
    return [...new Set(errors.map(error => error.slice(0, 7)))].sort();
  } catch (error) {
    if (error instanceof FlotillaError) {
      return [error.code];
    }
    throw error;
  }
}
