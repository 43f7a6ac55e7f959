import { FlotillaError } from './errors';
import { explain } from './explain/explain';
import { Explanation, Question } from './explain/explanation';
import { FleetModel, FleetProps } from './model/fleet';
import { Vocabulary } from './model/labels';
import { findOverlays } from './program/find-overlays';
import { KubernetesSchemas } from './schema/kubernetes-schemas';
import { renderSources } from './source/render-sources';
import { runQuestion, writeRunReport } from './synth/report';
import { Synthesis, synthesize } from './synth/synthesize';
import { writeTreeToFolderSync } from './tree/write-folder';

/** Where to write. */
export interface SynthOptions {
  /**
   * Folder of the tree, relative to the working directory.
   *
   * @default - `CDK8S_OUTDIR` in the environment, as `cdk8s synth` sets it, or else `dist`
   */
  readonly outdir?: string;
}

/** What {@link Fleet.synth} wrote. */
export interface SynthReport {
  /** Folder of the tree. */
  readonly outdir: string;
  /** Number of clusters. */
  readonly clusters: number;
  /** Number of targets: an application on a cluster each. */
  readonly targets: number;
  /** Number of Kubernetes objects. */
  readonly objects: number;
  /** Number of files that are new or changed. */
  readonly written: number;
  /** Number of files of earlier runs that are gone. */
  readonly deleted: number;
  /** Number of files that were as they should be. */
  readonly unchanged: number;
  /** What may be wrong and stopped nothing, each as an error with its code. */
  readonly warnings: readonly FlotillaError[];
}

/**
 * The root of the model: all clusters and applications of one repository, and the closed vocabulary of their labels.
 */
export class Fleet<const E extends string = string, const L extends Vocabulary = {}> extends FleetModel<E, L> {
  /**
   * @param id Name of the fleet, a DNS label.
   * @param props What the fleet is made of.
   * @throws FLT1001 for a name that is not a DNS label.
   */
  constructor(id: string, props: FleetProps<E, L>) {
    super(id, props);
  }

  /**
   * Makes the files of the committed tree in memory.
   *
   * @returns Paths and contents, and how many targets and objects they hold.
   * @throws FlotillaError that stands for all errors of the model (FLT1…) or else of the synthesis (FLT2…, FLT3001).
   */
  public synthesize(): Synthesis {
    return synthesize(this, { renderSources, findSchemas: version => KubernetesSchemas.tryFind(version) });
  }

  /**
   * Tells of an object of the committed tree where the values of its fields come from: the construct or source that makes it, and every overlay that changed
   * them, with their lines.
   *
   * The target is rendered once for each change that its overlays make on it. Functions of the program are called as often.
   *
   * @param question The cluster, the application, the object, and a field if it is about one.
   * @throws FLT2401 to FLT2405 for what it names and is not there; FlotillaError that stands for all errors of the model (FLT1…) or of the target (FLT2…).
   */
  public explain(question: Question): Explanation {
    return explain(this, question, { renderSources, findOverlays });
  }

  /**
   * Writes the committed tree to a folder. Files of earlier runs that are no longer part of it are deleted; files of others stay.
   * Run by `flotilla explain`, it answers the question and writes nothing.
   *
   * @returns What was written.
   * @throws FlotillaError that stands for all errors of the model (FLT1…) or else of the synthesis (FLT2…, FLT3001), or one of writing (FLT30…);
   * nothing is written then.
   */
  public synth(options: SynthOptions = {}): SynthReport {
    const outdir = options.outdir ?? process.env.CDK8S_OUTDIR ?? 'dist';
    const base = { fleet: this.name, outdir };
    const none = { clusters: 0, targets: 0, objects: 0 };
    try {
      const question = runQuestion();
      if (question !== undefined) {
        writeRunReport({ ok: true, ...base, ...none, explanation: this.explain(question as Question), errors: [] });
        return { outdir, ...none, written: 0, deleted: 0, unchanged: 0, warnings: [] };
      }
      const { files, clusters, targets, objects, warnings } = this.synthesize();
      const counts = { clusters: clusters.length, targets, objects, ...writeTreeToFolderSync(outdir, files) };
      writeRunReport({ ok: true, ...base, ...counts, warnings: warnings.map(one => one.toJSON()), errors: [] });
      return { outdir, ...counts, warnings };
    } catch (error) {
      if (error instanceof FlotillaError) {
        writeRunReport({ ok: false, ...base, ...none, errors: error.errors.map(one => one.toJSON()) });
      }
      throw error;
    }
  }
}
