import { isDeepStrictEqual } from 'node:util';
import { ExplainedField, Maker, Step } from './explanation';
import { FieldVersions, fieldVersions } from './fields';
import { Makers } from './makers';
import { Stage, StageObject } from './stages';
import { Track } from './tracks';
import { fieldPath } from '../tree/field-diff';
import { WAVE_ANNOTATION } from '../tree/names';
import { isMap } from '../tree/shape';

/** A field and how it is called. */
export interface FieldStory extends Pick<FieldVersions, 'segments'> {
  readonly field: ExplainedField;
}

const NAMESPACE = 'metadata.namespace';
const WAVE = fieldPath('metadata.annotations', WAVE_ANNOTATION);

/** The construct or source that makes an object. */
export function makerOf(track: Track, stages: readonly Stage[], makers: Makers): Maker {
  const first = track.findIndex(Boolean);
  return makers.ofObject(track[first]!, stages[first]);
}

/** The step in which an object came, if it was not there at the start. */
export function additionOf(track: Track, stages: readonly Stage[], makers: Makers): Step | undefined {
  const first = track.findIndex(Boolean);
  return first === 0 ? undefined : overlayStep(stages[first], makers);
}

/** The step in which an object went, if it did. */
export function removalOf(track: Track, stages: readonly Stage[], makers: Makers): Step | undefined {
  const last = track.findLastIndex(Boolean);
  return last === track.length - 1 ? undefined : overlayStep(stages[last + 1], makers);
}

/** All fields of an object with the steps that led to their values; those that are gone as well. */
export function explainFields(track: Track, stages: readonly Stage[], makers: Makers): FieldStory[] {
  const maker = makerOf(track, stages, makers);
  // As it is written: without what is undefined.
  const versions = track.map(object => (object ? JSON.parse(JSON.stringify(object.manifest)) as unknown : undefined));
  return fieldVersions(versions).filter(isField).map(({ path, segments, values, order }) => {
    const value = values[values.length - 1];
    const steps: Step[] = [];
    values.forEach((after, i) => {
      const before = i > 0 ? values[i - 1] : undefined;
      if (!isDeepStrictEqual(before, after)) {
        const synth = before === undefined ? addedBySynth(path, after, track[i], stages[i]) : undefined;
        steps.push({ ...synth ?? (i > 0 ? overlayStep(stages[i], makers) : maker), ...present('before', before), ...present('after', after) });
      }
    });
    const made = steps[0]?.by === maker.by ? [] : [maker];
    return { segments, field: { path, ...present('value', value), ...order ? { order } : {}, steps: [...made, ...steps] } };
  });
}

/** A map that is no longer empty is no field: those in it are. */
function isField({ values, order }: FieldVersions): boolean {
  const value = values[values.length - 1];
  return order === true || !((isMap(value) && Object.keys(value).length > 0) || (Array.isArray(value) && value.some(item => typeof item === 'object' && item !== null)));
}

function overlayStep({ step, together }: Stage, makers: Makers): Step {
  if (!step) {
    throw new Error('the first stage has no overlay');
  }
  return { ...makers.ofOverlay(step.overlay), change: step.change, ...together.length > 0 ? { together: together.map(makers.ofOverlay) } : {} };
}

/** What neither the construct nor an overlay says, and yet is there. */
function addedBySynth(path: string, value: unknown, object: StageObject | undefined, { step, application }: Stage): Maker | undefined {
  const untouched = step === undefined || step.change === 'values';
  const site = application.source === undefined ? {} : { site: application.source };
  if (path === NAMESPACE && untouched && value === application.namespace && object?.given?.metadata.namespace === undefined) {
    return { by: 'synth', name: 'namespace', ...site };
  }
  if (path === WAVE && untouched && object?.construct) {
    const given = object.construct.toJson() as { metadata?: { annotations?: Record<string, unknown> } } | undefined;
    return given?.metadata?.annotations?.[WAVE_ANNOTATION] === value ? undefined : { by: 'synth', name: 'wave', ...site };
  }
  return undefined;
}

function present(key: 'before' | 'after' | 'value', value: unknown): { before?: unknown; after?: unknown; value?: unknown } {
  return value === undefined ? {} : { [key]: value };
}
