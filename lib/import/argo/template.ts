/** What a generator of an ApplicationSet gives: nested as Go templates see it. */
export type Parameters = Readonly<Record<string, unknown>>;

/** A part of a template that this program cannot work out. */
export class TemplateError extends Error {}

/**
 * Fills in the template of an ApplicationSet: references to parameters, and in Go templates also `index`; nothing that computes.
 *
 * @throws TemplateError that names the expression.
 */
export function fillIn(value: unknown, parameters: Parameters, goTemplate: boolean): any {
  if (typeof value === 'string') {
    return value.replace(/\{\{-?\s*(.*?)\s*-?\}\}/g, (whole, expression: string) => {
      const found = goTemplate ? evaluate(expression, parameters) : lookUpFlat(expression, parameters);
      if (found === undefined || found === null || typeof found === 'object') {
        throw new TemplateError(`the template has ${whole}, which ${found === undefined ? 'no generator gives, or which computes' : 'is no text'}`);
      }
      return String(found);
    });
  }
  if (Array.isArray(value)) {
    return value.map(item => fillIn(item, parameters, goTemplate));
  }
  if (typeof value !== 'object' || value === null) {
    return value;
  }
  return Object.fromEntries(Object.entries(value).map(([key, inner]) => [String(fillIn(key, parameters, goTemplate)), fillIn(inner, parameters, goTemplate)]));
}

/** `.path.basename`, `index .path.segments 1`, `index .metadata.labels "tier"`, `"text"`. */
function evaluate(expression: string, parameters: Parameters): unknown {
  const text = /^"([^"\\]*)"$/.exec(expression);
  if (text) {
    return text[1];
  }
  const index = /^index\s+(\.[\w.]+)\s+("[^"]*"|\d+)$/.exec(expression);
  const reference = index?.[1] ?? (/^\.[\w.-]+$/.test(expression) ? expression : undefined);
  if (reference === undefined) {
    return undefined;
  }
  const found = follow(parameters, reference.slice(1).split('.'));
  return index ? follow(found, [JSON.parse(index[2])]) : found;
}

/** `name`, `metadata.labels.tier`, `path.basename`, `path[0]`: names of labels may have dots, so that the rest of a name is tried as one key, too. */
function lookUpFlat(expression: string, parameters: Parameters): unknown {
  if (expression === 'path') {
    return follow(parameters, ['path', 'path']) ?? parameters.path;
  }
  const segment = /^path\[(\d+)\]$/.exec(expression);
  if (segment) {
    return follow(parameters, ['path', 'segments', Number(segment[1])]);
  }
  const parts = expression.split('.');
  for (let tail = 1; tail <= parts.length; tail++) {
    const found = follow(parameters, [...parts.slice(0, parts.length - tail), parts.slice(parts.length - tail).join('.')]);
    if (found !== undefined) {
      return found;
    }
  }
  return undefined;
}

function follow(value: unknown, path: readonly (string | number)[]): unknown {
  return path.reduce<unknown>((found, key) => (
    typeof found === 'object' && found !== null && Object.hasOwn(found, key) ? (found as Record<string | number, unknown>)[key] : undefined
  ), value);
}
