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
/** On a rendered ConfigMap or Secret: `by-content` puts a hash of its content behind its name. It is not committed. */
export const NAME_ANNOTATION = `${GROUP}/name`;
/** On an object: `recreate` lets the reconciler delete and create it when a change is refused as immutable. */
export const IMMUTABLE_ANNOTATION = `${GROUP}/on-immutable`;
/** On an object: paths of fields that somebody else owns by design, with commas between them. */
export const IGNORE_ANNOTATION = `${GROUP}/ignore`;
/** On an object in the model, never in the tree: names of checks and rules that do not look at it, with commas between them. */
export const SKIP_CHECKS_ANNOTATION = `${GROUP}/skip-checks`;
