import { javascript, JsonFile, typescript } from 'projen';

const project = new typescript.TypeScriptProject({
  name: 'cdk8s-flotilla',
  description: 'Typed fleets of Kubernetes clusters: model in TypeScript, synthesize to Git, reconcile every cluster.',
  authorName: 'The cdk8s-flotilla authors',
  authorOrganization: true,
  license: 'Apache-2.0',
  copyrightOwner: 'The cdk8s-flotilla authors',
  keywords: ['cdk8s', 'kubernetes', 'gitops', 'multi-cluster', 'fleet', 'typescript'],
  defaultReleaseBranch: 'main',
  packageManager: javascript.NodePackageManager.NPM,
  minNodeVersion: '20.19.0',
  typescriptVersion: '5.9.3',
  projenrcTs: true,
  srcdir: 'lib',
  libdir: 'build',
  testdir: 'test',
  entrypoint: 'build/index.js',
  bin: { flotilla: 'build/cli/main.js' },

  // 1.4.0 exactly: 2.x does not run on Node 20.
  deps: [
    '@hono/node-server@^2',
    '@kubernetes/client-node@1.4.0',
    '@marcbachmann/cel-js@^8',
    'commander@^14',
    'hono@^4',
    'js-yaml@^5',
    'picocolors@^1.1',
    'pino@^10',
    'prom-client@^15',
    'undici@^7',
    'zod@^4',
  ],
  peerDeps: ['cdk8s@^2.69.0', 'constructs@^10.4.0'],
  peerDependencyOptions: { pinnedDevDependency: false },
  devDeps: [
    // The newest whose binaries for every platform are published: a lock file has to hold them all.
    '@swc/core@1.16.18',
    '@swc/jest',
    '@types/jest@^30',
    '@types/node@^20',
    'jest@^30',
    'cdk8s@^2.70',
    'cdk8s-cli',
    'cdk8s-plus-28',
    'cdk8s-plus-34@^2',
    'constructs@^10.8',
    'fast-check@^4',
    'tsx@^4',
    'typedoc@^0.28',
    'typedoc-plugin-markdown@^4',
  ],

  jest: false,
  eslint: true,
  prettier: false,
  docgen: false,
  depsUpgrade: false,
  github: false,
  buildWorkflow: false,
  release: false,
  sampleCode: false,

  tsconfig: {
    compilerOptions: {
      target: 'ES2022',
      lib: ['es2023'],
      module: 'node20',
      moduleResolution: javascript.TypeScriptModuleResolution.NODE16,
      esModuleInterop: true,
      skipLibCheck: true,
      // In files of their own: within the code, every process would hold them in its memory, twice as large as the code itself.
      inlineSourceMap: false,
      sourceMap: true,
    },
  },
  tsconfigDev: {
    compilerOptions: {
      target: 'ES2022',
      lib: ['es2023'],
      module: 'node20',
      moduleResolution: javascript.TypeScriptModuleResolution.NODE16,
      esModuleInterop: true,
      skipLibCheck: true,
      noUnusedLocals: true,
      // The examples import the package by its name.
      paths: { 'cdk8s-flotilla': ['../lib'] },
    },
    include: ['../lib/**/*.ts', '../examples/**/*.ts', '../bench/**/*.ts', '../scripts/**/*.ts', '../.projenrc.ts'],
  },
  // A link to the modules of another checkout is ignored too.
  gitignore: ['dist/', '.DS_Store', '*.tgz', '/node_modules'],
});
new JsonFile(project, 'jest.config.json', {
  obj: {
    roots: ['<rootDir>/test'],
    testMatch: ['**/*.test.ts'],
    moduleNameMapper: { '^cdk8s-flotilla$': '<rootDir>/lib' },
    transform: {
      '\\.[mc]?[jt]s$': ['@swc/jest', { jsc: { parser: { syntax: 'typescript' }, target: 'es2022' }, module: { type: 'commonjs' }, sourceMaps: 'inline' }],
    },
    // @kubernetes/client-node with what it needs, and @marcbachmann/cel-js, ship ES modules alone.
    transformIgnorePatterns: ['/node_modules/(?!(@kubernetes/client-node|@marcbachmann/cel-js|openid-client|oauth4webapi|jose)/)'],
    // Finds or builds a real control plane once a run; the reporter names the tests that were skipped for want of one.
    globalSetup: '<rootDir>/test/control-plane/global-setup.ts',
    reporters: ['default', '<rootDir>/test/control-plane/real-cluster-reporter.cjs'],
    testTimeout: 60_000,
  },
});
project.package.addPackageResolutions('unrs-resolver@1.12.2');
// A fresh clone has no node_modules: these install what is missing first.
project.package.setScript('test', 'node scripts/run.mjs test');
project.package.setScript('demo', 'node scripts/run.mjs demo');
project.package.setScript('bench', 'node scripts/run.mjs bench');
project.package.setScript('soak', 'node scripts/run.mjs soak');
project.package.setScript('api', 'node scripts/api.mjs');
project.addFields({
  exports: {
    '.': { types: './build/index.d.ts', default: './build/index.js' },
    './testing': { types: './build/testing.d.ts', default: './build/testing.js' },
    './testing/jest': { types: './build/testing/jest.d.ts', default: './build/testing/jest.js' },
    './testing/vitest': { types: './build/testing/vitest.d.ts', default: './build/testing/vitest.js' },
    './package.json': './package.json',
  },
});
project.eslint?.addRules({
  // Short properties may share a line.
  '@stylistic/object-property-newline': 'off',
  '@stylistic/max-len': ['error', { code: 160, ignoreUrls: true, ignoreStrings: true, ignoreTemplateLiterals: true, ignoreRegExpLiterals: true }],
});
// What is known of Kubernetes is read where it lies, also from build/: of lib/ the package has these data and nothing else.
project.npmignore?.removePatterns('/lib/');
project.npmignore?.exclude('/lib/**/*.ts');
for (const path of ['/examples/', '/docs/', '/bench/', '/scripts/', '/.ci/', '/jest.config.json', '/typedoc.json', '/Dockerfile', '/.dockerignore']) project.npmignore?.exclude(path);
project.synth();
