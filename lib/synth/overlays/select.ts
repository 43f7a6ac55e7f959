import { OverlayStep } from './step';
import { ObjectSelector } from '../../model/overlay-props';
import { listNames, suggest } from '../../model/suggest';
import { formatGroupKind, groupOf, Manifest } from '../../tree/manifest';
import { RenderedObject } from '../objects';

/** The objects that a selector selects; that there are none is noted. @param what for messages: `patch` */
export function select(step: OverlayStep, what: 'patch' | 'removal', selector: ObjectSelector, key: string): RenderedObject[] {
  const matching = step.objects.filter(({ manifest }) => matches(selector, manifest));
  step.matches.push({ overlay: step.overlay, key, ...matching.length > 0 ? {} : { problem: nothingMatches(step, what, selector) } });
  return matching;
}

function matches({ kind, name, namespace, labels }: ObjectSelector, { apiVersion, kind: objectKind, metadata }: Manifest): boolean {
  return (kind === objectKind || kind === formatGroupKind({ group: groupOf(String(apiVersion)), kind: objectKind }))
    && (name === undefined || name === metadata?.name) && (namespace === undefined || namespace === metadata?.namespace)
    && Object.entries(labels ?? {}).every(([label, value]) => metadata?.labels?.[label] === value);
}

function nothingMatches({ application, overlay, objects }: OverlayStep, what: string, { kind, name, namespace, labels }: ObjectSelector) {
  const labelled = Object.entries(labels ?? {}).map(([label, value]) => `${label}=${value}`).join(',');
  const wanted = [kind, ...name === undefined ? [] : [`'${name}'`], ...namespace === undefined ? [] : [`in namespace '${namespace}'`], ...labelled ? [`with the labels ${labelled}`] : []];
  const ofKind = objects.filter(({ manifest }) => matches({ kind }, manifest)).map(({ manifest }) => String(manifest.metadata?.name)).sort();
  const kinds = [...new Set(objects.map(({ manifest }) => String(manifest.kind)))].sort();
  const verb = what === 'patch' ? 'patch' : 'remove';
  return {
    code: 'FLT2008',
    application,
    where: { construct: overlay.name, source: overlay.source },
    what: `the ${what} ${overlay.name} matches no object: there is no ${wanted.join(' ')}${ofKind.length > 0 || name !== undefined && kinds.includes(kind) ? '' : suggest(kind, kinds)}`,
    fix: ofKind.length > 0 ? `name one of ${listNames(ofKind)}, or narrow its \`where\``
      : `${verb} one of the kinds that ${application.name} has (${kinds.join(', ') || 'none'}), or narrow its \`where\``,
  };
}
