import { Explanation, Question } from './explanation';
import { findFields } from './find-fields';
import { findObject, isCommitted, nowOf } from './find-object';
import { FindOverlays, Makers, makersOf } from './makers';
import { Stage, stagesOf } from './stages';
import { additionOf, explainFields, FieldStory, makerOf, removalOf } from './steps';
import { findTarget, PlacedTarget, scopesFor } from './target';
import { Track, tracksOf } from './tracks';
import { FlotillaError } from '../errors';
import { checkModel } from '../model/check';
import { AnyFleet } from '../model/fleet';
import { RenderSources } from '../source/request';
import { checkSecret } from '../synth/check-object';
import { Problem, Problems } from '../synth/problem';
import { siteFinder } from '../synth/sites';
import { formatIdentity } from '../tree/manifest';
import { objectFile, targetFolder } from '../tree/paths';

/** What an explanation needs and cannot do itself, because it reads files and runs programs. */
export interface ExplainInputs {
  readonly renderSources: RenderSources;
  readonly findOverlays: FindOverlays;
}

/**
 * Tells of an object of a target where the values of its fields come from.
 *
 * The target is rendered once for each change that its overlays make, and no other.
 *
 * @throws FLT2401 to FLT2405 for what the question names and is not there, and what is wrong with the model (FLT1…) or the target (FLT2…).
 */
export function explain(fleet: AnyFleet, question: Question, inputs: ExplainInputs): Explanation {
  const target = renderStages(fleet, question, inputs);
  const track = findObject(question, target.tracks);
  const { field, cluster, application } = question;
  const { stories, ...story } = explainObject(target, track);
  const fields = field === undefined ? stories.map(each => each.field) : findFields(field, stories, formatIdentity(story.object), { cluster, application });
  return { ...story, fields };
}

/** The same of all objects of a target, without those that overlays removed. */
export function explainTarget(fleet: AnyFleet, question: Pick<Question, 'cluster' | 'application'>, inputs: ExplainInputs): Explanation[] {
  const target = renderStages(fleet, question, inputs);
  return target.tracks.filter(isCommitted).map(track => {
    const { stories, ...story } = explainObject(target, track);
    return { ...story, fields: stories.map(each => each.field) };
  });
}

interface StagedTarget extends PlacedTarget {
  readonly stages: readonly Stage[];
  readonly tracks: readonly Track[];
  readonly makers: Makers;
}

function renderStages(fleet: AnyFleet, question: Pick<Question, 'cluster' | 'application'>, inputs: ExplainInputs): StagedTarget {
  const wrong = checkModel(fleet);
  if (wrong.length > 0) {
    throw FlotillaError.all(wrong);
  }
  const target = findTarget(fleet, question);
  const { application, placement: { facts } } = target;
  const { stages, problems } = stagesOf(target, scopesFor(target, inputs.renderSources), inputs.renderSources);
  fail(target, problems);
  return { ...target, stages, tracks: tracksOf(stages), makers: makersOf(application, facts, stages, inputs.findOverlays) };
}

function explainObject({ application, placement, stages, makers }: StagedTarget, track: Track): Omit<Explanation, 'fields'> & { stories: FieldStory[] } {
  const last = track[track.length - 1];
  // What must not be committed must not be printed.
  const secret = track.flatMap(each => (each ? checkSecret(each) ?? [] : []))[0];
  fail({ application, placement }, secret ? [secret] : []);
  const object = nowOf(track);
  const cluster = placement.cluster.name;
  const addedBy = additionOf(track, stages, makers);
  const removedBy = removalOf(track, stages, makers);
  return {
    fleet: application.fleet.name,
    cluster,
    application: application.name,
    object,
    ...last ? { file: `${targetFolder(cluster, application.name)}/${objectFile(object)}` } : {},
    madeBy: makerOf(track, stages, makers),
    ...addedBy ? { addedBy } : {},
    ...removedBy ? { removedBy } : {},
    stories: explainFields(track, stages, makers),
  };
}

function fail({ placement: { cluster, facts } }: PlacedTarget, found: readonly Problem[]): void {
  if (found.length > 0) {
    const problems = new Problems();
    found.forEach(problem => problems.add(problem, cluster.name));
    throw FlotillaError.all(problems.toErrors(siteFinder(() => facts)));
  }
}
