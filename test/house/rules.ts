/** What one part of `lib/` may name: the whole of a part (`tree`), or one file of it (`tree/manifest.ts`). */
export interface PartRule {
  readonly parts: readonly string[];
  /** Packages, and modules of Node.js; `node:*` stands for all of the latter. */
  readonly packages: readonly string[];
}

/**
 * Which part of `lib/` may import which. A part that is not listed may not exist: whoever adds a folder says here what it may touch.
 *
 * The committed tree is the contract between the two halves: nothing that reads it (`tree`, `kube`, `reconcile`) knows the model that wrote it.
 */
export const PARTS: Readonly<Record<string, PartRule>> = {
  'errors.ts': { parts: [], packages: [] },
  'yaml': { parts: ['errors.ts'], packages: ['js-yaml'] },
  // What users say of kinds: how to tell their health, and which fields are not ours. Named by the model and by the tree alike.
  'rules': { parts: [], packages: ['@marcbachmann/cel-js'] },
  // How one document changes another, whoever asks.
  'patch': { parts: [], packages: [] },
  'git': { parts: ['errors.ts'], packages: ['node:*'] },
  'tree': { parts: ['errors.ts', 'git', 'rules', 'yaml'], packages: ['node:*'] },
  // Of the tree it knows what an object is called, not where it lies. A kubeconfig is parsed by js-yaml itself: it is the user's own file, and may be large.
  'kube': { parts: ['errors.ts', 'rules', 'yaml', 'tree/manifest.ts', 'tree/names.ts'], packages: ['node:*', 'undici', 'js-yaml', '@kubernetes/client-node'] },
  'reconcile': { parts: ['errors.ts', 'git', 'kube', 'rules', 'tree', 'yaml'], packages: ['node:*'] },
  // What an agent or a hub needs in its clusters: data, and one construct for those who commit it. The command line uses the data, and so runs without cdk8s.
  'bootstrap': { parts: ['errors.ts', 'git/mask.ts', 'kube', 'reconcile', 'tree', 'yaml'], packages: ['node:*', 'cdk8s', 'constructs'] },
  // Of the tree it knows the shapes that users fill in. Of Node.js, paths: for the line that created a construct.
  'model': { parts: ['errors.ts', 'patch/json-patch.ts', 'rules', 'tree/documents.ts', 'tree/manifest.ts'], packages: ['cdk8s', 'constructs', 'node:path', 'node:url'] },
  // It reads files and runs programs, so that nothing before and after it has to. Of the tree it knows what an object is.
  'source': { parts: ['errors.ts', 'git/mask.ts', 'tree/field-diff.ts', 'tree/manifest.ts', 'tree/names.ts', 'yaml'], packages: ['node:*', 'undici'] },
  // What Kubernetes and CustomResourceDefinitions say that a value may be; for the checks of synth and for the sandbox. Its own data are all that it reads.
  'schema': { parts: ['model/suggest.ts'], packages: ['node:*'] },
  // Of sources it knows what can be asked, not how it is answered. `node:fs` is for the report of a run that `flotilla` asks for, `node:crypto` for names by
  // content; see PURE.
  'synth': { parts: ['errors.ts', 'model', 'patch', 'rules', 'schema', 'source/request.ts', 'tree', 'yaml'], packages: ['cdk8s', 'constructs', 'node:crypto', 'node:fs'] },
  // Text from what others wrote: it reads files and runs programs. Of the model it knows what names may be, of sources whether they can be rendered.
  'import': { parts: ['errors.ts', 'model/dns-label.ts', 'model/labels.ts', 'source', 'yaml'], packages: ['node:*', 'js-yaml'] },
  // It renders one target again and again, with one overlay more each time.
  'explain': { parts: ['errors.ts', 'model', 'source/request.ts', 'synth', 'tree'], packages: ['cdk8s', 'node:util'] },
  // It reads the text of the user's program, to find the lines on which values were written; it knows nothing of what they mean.
  'program': { parts: [], packages: ['node:*'] },
  'fleet.ts': { parts: ['errors.ts', 'explain', 'model', 'program', 'schema', 'source', 'synth', 'tree'], packages: [] },
  'index.ts': { parts: ['bootstrap', 'errors.ts', 'explain', 'fleet.ts', 'git', 'kube', 'model', 'patch', 'reconcile', 'rules', 'source', 'synth', 'tree', 'yaml'], packages: [] },
  // Clusters in this process, for the demo and for tests. It stands for the other side of the network: nothing of ours that talks to clusters is in it.
  'sandbox': { parts: ['errors.ts', 'schema', 'yaml'], packages: ['node:*', '@marcbachmann/cel-js'] },
  // The entry `cdk8s-flotilla/testing`: nothing of it is in the way of who does not test.
  'testing.ts': { parts: ['sandbox', 'testing'], packages: [] },
  // What tests of a fleet ask of its targets. It knows no test runner.
  'testing': { parts: ['errors.ts', 'explain', 'fleet.ts', 'model', 'tree', 'yaml'], packages: [] },
  // It tells what an agent does, and has no part in it. Of git it knows how to take credentials out of a text.
  'serve': { parts: ['errors.ts', 'git/mask.ts', 'reconcile'], packages: ['node:*', '@hono/node-server', 'hono', 'pino', 'prom-client'] },
  'cli': { parts: ['bootstrap', 'errors.ts', 'explain', 'fleet.ts', 'git', 'import', 'index.ts', 'kube', 'model', 'reconcile', 'sandbox', 'serve', 'synth', 'tree', 'yaml'], packages: ['node:*', 'commander', 'picocolors'] },
};

/** Parts that run without the model: a reconciler of next year reads the tree of today. */
export const WITHOUT_MODEL = ['git', 'kube', 'reconcile', 'rules', 'serve', 'tree', 'yaml'];

/**
 * Files that compute and do nothing else, by the start of their path: the same arguments give the same result, on any machine and at any time.
 * Each exception says why.
 */
export const PURE = ['lib/explain/', 'lib/model/', 'lib/patch/', 'lib/rules/', 'lib/synth/', 'lib/yaml/'];
export const PURE_EXCEPTIONS: Readonly<Record<string, readonly string[]>> = {
  'lib/model/call-site.ts': ['process.cwd'], // messages name files as the user typed them
  'lib/synth/overlays/name-by-content.ts': ['node:crypto'], // a hash is arithmetic
  'lib/synth/report.ts': ['node:fs', 'process.env'], // for `flotilla`, which runs the program: written only when FLOTILLA_REPORT names a file, read only what FLOTILLA_EXPLAIN asks
};

/** Modules of Node.js that reach out of the process or differ from run to run. */
export const IMPURE_MODULES = [
  'node:child_process', 'node:cluster', 'node:crypto', 'node:dgram', 'node:dns', 'node:fs', 'node:fs/promises', 'node:http', 'node:http2', 'node:https',
  'node:inspector', 'node:net', 'node:os', 'node:perf_hooks', 'node:process', 'node:readline', 'node:timers', 'node:timers/promises', 'node:tls', 'node:worker_threads',
];

/** Globals that do the same, whole (`Date`) or by one property (`Math.random`). */
export const IMPURE_GLOBALS = [
  'Date', 'fetch', 'performance', 'crypto', 'process', 'setTimeout', 'setInterval', 'setImmediate', 'queueMicrotask', 'XMLHttpRequest', 'WebSocket', 'Math.random',
  'Intl', // locales differ from machine to machine
];

/** What decides what happens to a cluster, and all that it calls: no network, no clock, no files. Hashing is arithmetic. */
export const PLAN = { start: ['lib/reconcile/plan.ts', 'lib/reconcile/plan-pruning.ts'], packages: ['node:crypto'] };

/** Parts that print. All others return what they have to say, or write to the stream that they are given. */
export const PRINTING = ['cli'];
/** Programs of their own, whose streams nobody else has. */
export const PRINTING_EXCEPTIONS = [
  'lib/source/runner/main.ts', // its line of progress is seen while a synth waits for it
];

/** Parts that nothing else imports. */
export const ENTRIES = ['cli'];

/** A name that says nothing of what is inside. */
export const EMPTY_NAMES = /(^|[-._])(utils?|utilit(y|ies)|helpers?|common|commons|misc|miscellaneous|stuff|shared)([-._]|$)/;

export const MAX_LINES = 400;
