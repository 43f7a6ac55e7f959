import { loadAll } from 'js-yaml';
import { hasCorpora, listManifests, readCorpus } from './corpora';
import { emitYaml } from '../../lib/yaml/emit';
import { parseYaml, parseYamlDocuments } from '../../lib/yaml/parse';

const FOLDERS = hasCorpora ? ['argo-cd', 'charts/expected', 'flux', 'infra-deployments', 'ingress-nginx', 'microservices-demo'] : [];

test.each(FOLDERS)('every manifest of %s is read, written and read again', folder => {
  let documents = 0;
  for (const file of listManifests(folder)) {
    const text = readCorpus(file);
    const parsed = parseYamlDocuments(text, file);
    const expected = loadAll(text).filter(document => document !== null);
    expect({ file, parsed }).toEqual({ file, parsed: expected });
    for (const document of parsed) {
      const emitted = emitYaml(document);
      expect(parseYaml(emitted, file)).toEqual(document);
      expect(emitYaml(parseYaml(emitted, file))).toBe(emitted);
    }
    documents += parsed.length;
  }
  expect(documents).toBeGreaterThan(0);
});
