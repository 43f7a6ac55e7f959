import type { StoredObject } from '../json';

/** One write, as a store remembers and tells it. */
export class Change {
  /** What was made of it for watchers, by the form that they asked for: each form is made once, however many watch. */
  private forms?: Map<string, Buffer>;

  constructor(
    readonly type: 'ADDED' | 'MODIFIED' | 'DELETED',
    /** The kind, as its store calls it. */
    readonly kind: string,
    readonly revision: number,
    /** With DELETED, as it was at last, with the revision of its end. */
    readonly object: StoredObject,
    /** As it was before; absent with ADDED. */
    readonly old: StoredObject | undefined,
    /** When it happened, in ms. */
    readonly at: number,
  ) {}

  get namespace(): string {
    return this.object.metadata.namespace ?? '';
  }

  form(key: string, make: () => Buffer): Buffer {
    this.forms ??= new Map();
    let form = this.forms.get(key);
    if (!form) this.forms.set(key, form = make());
    return form;
  }

  /** Called when all watchers have it: what looks back later makes its own. */
  forgetForms(): void {
    this.forms = undefined;
  }
}
