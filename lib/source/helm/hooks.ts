import { FlotillaError } from '../../errors';
import { Manifest } from '../../tree/manifest';
import { IMMUTABLE_ANNOTATION, WAVE_ANNOTATION } from '../../tree/names';
import { isMap } from '../plain';
import { SourceError, SourceManifest } from '../request';

/** What becomes of the hooks of a chart. */
export type HookMode = 'waves' | 'refuse' | 'omit';

/** What a chart renders, with its hooks in their places. */
export interface MappedHooks {
  readonly manifests: SourceManifest[];
  /** FLT2114 for each hook that has no place in a synthesized tree. */
  readonly warnings: SourceError[];
}

const HOOK = 'helm.sh/hook';
const WEIGHT = 'helm.sh/hook-weight';
const DELETE_POLICY = 'helm.sh/hook-delete-policy';

const TEST = ['test', 'test-success', 'test-failure'];
const BEFORE = ['pre-install', 'pre-upgrade'];
const AFTER = ['post-install', 'post-upgrade'];
/** The API keeps what these run from changing, and runs them once. */
const RUNNING = [/^batch\/.* Job$/, /^v1 Pod$/];

/**
 * Gives the hooks of a chart a place in the order of waves.
 *
 * Helm runs `pre-install` and `pre-upgrade` before everything else, `post-install` and `post-upgrade` after it, each by its weight, and waits in between.
 * So do waves: those before count up to -1, those after from 1 (or from above the highest wave that the chart itself gives). `crd-install` (Helm 2) is an
 * ordinary object. Hooks of tests, deletions and rollbacks belong to commands that nobody runs here. Annotations of Helm stay: Argo CD, which
 * delivers the same tree, knows them.
 *
 * @param chart as messages name it
 * @throws FLT2111 for hooks in a chart that may have none
 */
export function mapHooks(rendered: readonly SourceManifest[], mode: HookMode, chart: string): MappedHooks {
  const hooks = rendered.filter(one => hookEvents(one.manifest).length > 0);
  const real = hooks.filter(one => !isTest(one.manifest));
  if (mode === 'refuse' && real.length > 0) {
    throw new FlotillaError('FLT2111', {
      what: `the chart ${chart} has the ${real.length === 1 ? 'hook' : 'hooks'} ${real.map(one => describe(one.manifest)).join(', ')}`,
      where: real[0].file === undefined ? {} : { file: real[0].file },
      fix: "map them to waves with `hooks: 'waves'`, leave them out with `hooks: 'omit'`, or switch them off by the chart's values",
    });
  }
  const before = mode === 'waves' ? real.filter(one => hasEvent(one.manifest, BEFORE)) : [];
  const after = mode === 'waves' ? real.filter(one => !before.includes(one) && hasEvent(one.manifest, AFTER)) : [];
  const omitted = new Set([...hooks].filter(one => !before.includes(one) && !after.includes(one) && !hasEvent(one.manifest, ['crd-install'])));
  const [weightsBefore, weightsAfter] = [before, after].map(distinctWeights);
  const highest = Math.max(0, ...rendered.filter(one => !hooks.includes(one)).map(one => Number(annotation(one.manifest, WAVE_ANNOTATION)) || 0));
  const waves = new Map<SourceManifest, number>([
    ...before.map(one => [one, weightsBefore.indexOf(weightOf(one.manifest)) - weightsBefore.length] as const),
    ...after.map(one => [one, weightsAfter.indexOf(weightOf(one.manifest)) + 1 + highest] as const),
  ]);
  return {
    manifests: rendered.filter(one => !omitted.has(one)).map(one => {
      const wave = waves.get(one);
      return wave === undefined ? one : { ...one, manifest: inWave(one.manifest, wave) };
    }),
    warnings: [
      ...real.filter(one => mode === 'waves' && omitted.has(one)).map(one => warning(chart, one, 'is left out: nothing here runs hooks of deletions and rollbacks')),
      ...before.filter(one => runs(one.manifest) && hasEvent(one.manifest, AFTER))
        .map(one => warning(chart, one, 'runs before the other objects, and not once more after them')),
    ],
  };
}

function warning(chart: string, { manifest, file }: SourceManifest, what: string): SourceError {
  return {
    code: 'FLT2114',
    what: `the hook ${describe(manifest)} of the chart ${chart} ${what}`,
    ...(file === undefined ? {} : { where: { file } }),
    fix: "switch it off by the chart's values, or leave all hooks out with `hooks: 'omit'`",
  };
}

function inWave(manifest: Manifest, wave: number): Manifest {
  // By default Helm deletes what ran before, and creates it anew; a changed Job could not be applied otherwise.
  const policy = annotation(manifest, DELETE_POLICY) ?? 'before-hook-creation';
  const recreate: Record<string, string> = runs(manifest) && policy.split(',').some(word => word.trim() === 'before-hook-creation') ? { [IMMUTABLE_ANNOTATION]: 'recreate' } : {};
  return {
    ...manifest,
    metadata: { ...manifest.metadata, annotations: { ...manifest.metadata.annotations, ...recreate, [WAVE_ANNOTATION]: String(wave) } },
  };
}

function distinctWeights(hooks: readonly SourceManifest[]): number[] {
  return [...new Set(hooks.map(one => weightOf(one.manifest)))].sort((a, b) => a - b);
}

/** As Helm does, which takes what is no integer for 0. */
function weightOf(manifest: Manifest): number {
  const text = annotation(manifest, WEIGHT) ?? '0';
  return /^[-+]?\d+$/.test(text) ? Number(text) : 0;
}

function hookEvents(manifest: Manifest): string[] {
  return (annotation(manifest, HOOK) ?? '').split(',').map(word => word.trim().toLowerCase()).filter(Boolean);
}

function hasEvent(manifest: Manifest, events: readonly string[]): boolean {
  return hookEvents(manifest).some(event => events.includes(event));
}

function isTest(manifest: Manifest): boolean {
  return hookEvents(manifest).every(event => TEST.includes(event));
}

function runs({ apiVersion, kind }: Manifest): boolean {
  return RUNNING.some(pattern => pattern.test(`${apiVersion} ${kind}`));
}

function annotation(manifest: Manifest, name: string): string | undefined {
  const annotations: unknown = isMap(manifest.metadata) ? manifest.metadata.annotations : undefined;
  const value = isMap(annotations) ? annotations[name] : undefined;
  return value === undefined || value === null ? undefined : String(value);
}

function describe(manifest: Manifest): string {
  return `${manifest.kind} '${manifest.metadata.name}' (${hookEvents(manifest).join(', ')})`;
}
