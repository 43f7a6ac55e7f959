/** A text in a document. */
export interface FoundText {
  /** The nearest key above it: `files` for an item of `configMapGenerator[0].files`. */
  readonly field: string;
  /** The key of the document that it is under. */
  readonly top: string;
  readonly text: string;
}

/** All texts in a document, at whatever level. */
export function* textsIn(value: unknown, field = '', top = ''): Generator<FoundText> {
  if (typeof value === 'string') {
    yield { field, top, text: value };
  } else if (Array.isArray(value)) {
    for (const item of value) {
      yield* textsIn(item, field, top);
    }
  } else if (typeof value === 'object' && value !== null) {
    for (const [key, item] of Object.entries(value)) {
      yield* textsIn(item, key, top || key);
    }
  }
}
