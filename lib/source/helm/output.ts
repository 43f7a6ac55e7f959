import { parseManifests } from '../parse-manifests';
import { SourceManifest } from '../request';

/** Helm's own line above each object: the template that it comes from. */
const SOURCE = /^# Source: (.+)$/m;

/**
 * Parses what `helm template` prints; `file` of each object is the template that it comes from, as `ingress-nginx/templates/deployment.yaml`.
 *
 * @param what names the whole, for objects without a template
 * @throws FLT3002 for a text that cannot be read, FLT2112 for a document that is no object
 */
export function parseHelmOutput(text: string, what: string): SourceManifest[] {
  let file = what;
  // No scalar can hold such a line, so the parts are those of any parser.
  return text.split(/^---[ \t]*$/m).flatMap(part => {
    file = SOURCE.exec(part)?.[1] ?? file;
    return parseManifests(part, file);
  });
}
