import { isAbsolute, join, relative, resolve, sep } from 'node:path';
import { fileURLToPath } from 'node:url';

/** Libraries that wrap our constructs may put many frames between the user's line and ours. */
const FRAMES = 40;
/** This package, as compiled and as source maps name it: frames of ours are never the user's. */
const OWN_FOLDERS = ['lib', 'build'].map(folder => join(resolve(__dirname, '..', '..'), folder) + sep);
/** Calls the user's `render`. Frames below it are of whoever called `synth`, and did not create what was rendered. */
const RENDER_FILES = OWN_FOLDERS.flatMap(folder => ['.ts', '.js'].map(extension => join(folder, 'synth', 'render') + extension));

/**
 * Remembers where it is called from; the answer is the user's `file:line:column`, relative to the working directory.
 *
 * The text of a stack is made when it is asked for first: with source maps that costs far more than the capture.
 */
export function rememberCallSite(): () => string | undefined {
  let error: Error | undefined = withLongStacks(() => new Error());
  let site: string | undefined;
  return () => {
    if (error) {
      site = userFrame(error);
      error = undefined;
    }
    return site;
  };
}

/** Runs a function whose errors are to show where in the user's program they come from, below the frames of libraries. */
export function withLongStacks<T>(run: () => T): T {
  const limit = Error.stackTraceLimit;
  Error.stackTraceLimit = Math.max(limit ?? 0, FRAMES);
  try {
    return run();
  } finally {
    Error.stackTraceLimit = limit;
  }
}

/**
 * Where an error comes from: its first frame that is neither ours, nor of an installed package, nor of Node.js itself.
 *
 * @param thrown Whatever was thrown. What has no stack comes from nowhere, and so does what `render` did without any code of the user's.
 */
export function userFrame(thrown: unknown): string | undefined {
  const stack = (thrown as { stack?: unknown } | null | undefined)?.stack;
  for (const line of typeof stack === 'string' ? stack.split('\n') : []) {
    const frame = /^\s+at /.test(line) ? parseFrame(line) : undefined;
    if (frame && RENDER_FILES.includes(frame.file)) {
      return undefined;
    }
    if (frame && !/[\\/]node_modules[\\/]/.test(frame.file) && !OWN_FOLDERS.some(folder => frame.file.startsWith(folder))) {
      return `${relative(process.cwd(), frame.file).split(sep).join('/')}:${frame.position}`;
    }
  }
  return undefined;
}

function parseFrame(line: string): { file: string; position: string } | undefined {
  // `at name (file:1:2)`, or `at file:1:2` in code without a function.
  const place = line.endsWith(')') ? line.slice(line.indexOf('(') + 1, -1) : line.replace(/^\s+at (async )?/, '');
  const match = /^(.+):(\d+:\d+)$/.exec(place);
  if (!match) {
    return undefined;
  }
  const file = match[1].startsWith('file:') ? fileURLToPath(match[1]) : match[1];
  return isAbsolute(file) ? { file, position: match[2] } : undefined;
}
