/** Version of the layout of the committed tree. A reader refuses a newer one. */
export const TREE_VERSION = 1;
/** API group of our own kinds, and prefix of our annotations. */
export const GROUP = 'cdk8s-flotilla.dev';
/** `apiVersion` of our own kinds. */
export const API_VERSION = `${GROUP}/v1alpha1`;

/** On an object: the wave of its target in which it is applied, an integer; absent means 0. */
export const WAVE_ANNOTATION = `${GROUP}/wave`;
/** On an object, for when it leaves the tree: `keep`, `delete`, or `after-rollout`, which deletes it once the application is ready without it. */
export const PRUNE_ANNOTATION = `${GROUP}/prune`;
/** On an object: `recreate` lets the reconciler delete and create it when a change is refused as immutable. */
export const IMMUTABLE_ANNOTATION = `${GROUP}/on-immutable`;
/** On an object: paths of fields that somebody else owns by design, with commas between them. */
export const IGNORE_ANNOTATION = `${GROUP}/ignore`;
