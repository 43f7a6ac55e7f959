import { identityOf, Manifest, ObjectIdentity } from './manifest';

/**
 * A manifest as one text, beside what is looked at again and again.
 *
 * An agent holds tens of thousands of them and needs one when it is applied: as objects they would take three times the memory, and every collection of
 * garbage would walk through all of their parts.
 */
export class HeldManifest {
  public readonly id: ObjectIdentity;
  public readonly apiVersion: string;
  public readonly labels?: Readonly<Record<string, string>>;
  public readonly annotations?: Readonly<Record<string, string>>;
  private readonly json: string;

  constructor(manifest: Manifest) {
    const { labels, annotations } = manifest.metadata;
    this.id = identityOf(manifest);
    this.apiVersion = manifest.apiVersion;
    if (labels) this.labels = labels;
    if (annotations) this.annotations = annotations;
    this.json = JSON.stringify(manifest);
  }

  /** The whole manifest, a new one each time. */
  public open(): Manifest {
    return JSON.parse(this.json) as Manifest;
  }
}
