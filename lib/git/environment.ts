/**
 * Variables that tie git to one repository (`git rev-parse --local-env-vars`). A hook of git sets them, so a program that
 * runs inside a hook would otherwise work on the wrong repository. Those that carry settings are kept: CI passes credentials in them.
 */
const REPOSITORY_VARIABLES = [
  'GIT_ALTERNATE_OBJECT_DIRECTORIES', 'GIT_COMMON_DIR', 'GIT_CONFIG', 'GIT_DIR', 'GIT_GRAFT_FILE', 'GIT_IMPLICIT_WORK_TREE', 'GIT_INDEX_FILE',
  'GIT_INTERNAL_SUPER_PREFIX', 'GIT_NAMESPACE', 'GIT_NO_REPLACE_OBJECTS', 'GIT_OBJECT_DIRECTORY', 'GIT_PREFIX', 'GIT_QUARANTINE_PATH',
  'GIT_REPLACE_REF_BASE', 'GIT_SHALLOW_FILE', 'GIT_WORK_TREE',
];

/** The environment in which every git command runs: no prompts, English messages, tied to no repository. */
export function gitEnvironment(extra: Readonly<Record<string, string>> = {}): NodeJS.ProcessEnv {
  const env: NodeJS.ProcessEnv = { ...process.env };
  for (const name of REPOSITORY_VARIABLES) {
    delete env[name];
  }
  return { ...env, LC_ALL: 'C', GIT_TERMINAL_PROMPT: '0', GIT_OPTIONAL_LOCKS: '0', ...extra };
}

/** A setting as `git config` knows it: `http.lowSpeedTime` and its value. */
export type GitSetting = readonly [key: string, value: string];

/** Settings for one command as variables, so that a token among them is neither in an argument nor in a file. */
export function settingVariables(settings: readonly GitSetting[]): Record<string, string> {
  const before = Number(process.env.GIT_CONFIG_COUNT ?? 0) || 0;
  const variables: Record<string, string> = { GIT_CONFIG_COUNT: String(before + settings.length) };
  settings.forEach(([key, value], i) => {
    variables[`GIT_CONFIG_KEY_${before + i}`] = key;
    variables[`GIT_CONFIG_VALUE_${before + i}`] = value;
  });
  return variables;
}
