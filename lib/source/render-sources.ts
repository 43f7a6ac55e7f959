import { spawnSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { requestKey, type HelmRequest, type RenderSourcesOptions, type SourceManifest, type SourceRequest, type SourceResult } from './request';
import { causeText, FlotillaError } from '../errors';
import type { Manifest } from '../tree/manifest';
import { parseYamlDocuments } from '../yaml/parse';

/** Renders each request once. */
export function renderSources(requests: readonly SourceRequest[], _options: RenderSourcesOptions): Map<string, SourceResult> {
  return new Map(requests.map(request => [requestKey(request), render(request)]));
}

function render(request: SourceRequest): SourceResult {
  try {
    return { manifests: manifestsOf(request), errors: [], warnings: [] };
  } catch (error) {
    const { code, what, fix, where, cause } = error instanceof FlotillaError ? error : { code: 'FLT2103', what: 'a source cannot be read', fix: 'mend it', where: {}, cause: error };
    return { manifests: [], errors: [{ code, what, fix, where, cause: causeText(cause) }], warnings: [] };
  }
}

function manifestsOf(request: SourceRequest): SourceManifest[] {
  switch (request.type) {
    case 'helm':
      return parse(run('helm', helmArguments(request), JSON.stringify(request.values)), request.chart);
    case 'kustomize':
      return parse(run('kubectl', ['kustomize', request.path]), request.path);
    case 'manifests':
      return request.files.flatMap(file => parse(readFileSync(file, 'utf8'), file).map(each => ({ ...each, file })));
  }
}

function parse(text: string, file: string): SourceManifest[] {
  return parseYamlDocuments(text, file).filter(document => document !== null && document !== undefined).map(manifest => ({ manifest: manifest as Manifest }));
}

function helmArguments(request: HelmRequest): string[] {
  return [
    'template', request.releaseName, request.chart, '--namespace', request.namespace, '--kube-version', request.kubeVersion,
    ...request.includeCrds ? ['--include-crds'] : [], ...request.valuesFiles.flatMap(file => ['--values', file]), '--values', '-',
  ];
}

function run(program: string, args: readonly string[], input = ''): string {
  const { status, stdout, stderr, error } = spawnSync(program, args, { input, encoding: 'utf8', maxBuffer: 2 ** 30 });
  if (error || status !== 0) {
    throw new FlotillaError('FLT2103', { what: `${program} ${args[0]} failed`, fix: 'mend what it complains about', cause: error ?? stderr });
  }
  return stdout;
}
