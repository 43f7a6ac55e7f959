import { mkdirSync, symlinkSync } from 'node:fs';
import { dirname, join, relative } from 'node:path';
import { helmRequest, renderOne } from './requests';
import { counted, folderWith, useOwnCache } from './settings';
import { SourceRequest } from '../../lib/source/request';

useOwnCache();

const MAP = 'apiVersion: v1\nkind: ConfigMap\nmetadata: {name: web}\n';
const CHART = 'apiVersion: v2\nname: web\nversion: 1.0.0\n';

/** A folder that sources may read, beside one that they may not. Links in the first are given by where they lead. */
function folders(inside: Readonly<Record<string, string>>, links: Readonly<Record<string, string>> = {}): { allowed: string; outside: string } {
  const outside = folderWith({ 'map.yaml': MAP, 'values.yaml': 'a: 1\n', 'base/kustomization.yaml': 'resources: [map.yaml]\n', 'base/map.yaml': MAP, 'chart/Chart.yaml': CHART });
  const allowed = folderWith(inside);
  for (const [path, target] of Object.entries(links)) {
    mkdirSync(dirname(join(allowed, path)), { recursive: true });
    symlinkSync(join(outside, target), join(allowed, path));
  }
  return { allowed, outside };
}

const cases: [string, Record<string, string>, Record<string, string>, (allowed: string, outside: string) => SourceRequest][] = [
  ['a file by `..`', {}, {}, (allowed, outside) => ({ type: 'manifests', files: [join(relative(process.cwd(), allowed), '..', relative(dirname(allowed), outside), 'map.yaml')], urls: [] })],
  ['a file by a link', {}, { 'map.yaml': 'map.yaml' }, allowed => ({ type: 'manifests', files: [join(allowed, 'map.yaml')], urls: [] })],
  ['a file of a folder by a link', { 'a.yaml': MAP }, { 'b.yaml': 'map.yaml' }, allowed => ({ type: 'manifests', files: [allowed], urls: [] })],
  ['a folder of a folder by a link', { 'a.yaml': MAP }, { b: 'base' }, allowed => ({ type: 'manifests', files: [allowed], urls: [] })],
  ['a file of a glob by a link', {}, { 'b.yaml': 'map.yaml' }, allowed => ({ type: 'manifests', files: [`${allowed}/*.yaml`], urls: [] })],
  ['a file of a glob by `..`', {}, {}, (_, outside) => ({ type: 'manifests', files: [`${relative(process.cwd(), outside)}/*.yaml`], urls: [] })],
  ['a chart', {}, {}, (_, outside) => helmRequest(join(outside, 'chart'))],
  ['a chart by a link', {}, { chart: 'chart' }, allowed => helmRequest(join(allowed, 'chart'))],
  ['a template of a chart by a link', { 'web/Chart.yaml': CHART }, { 'web/templates/a.yaml': 'map.yaml' }, allowed => helmRequest(join(allowed, 'web'))],
  ['a folder of a chart by a link', { 'web/Chart.yaml': CHART }, { 'web/templates': 'base' }, allowed => helmRequest(join(allowed, 'web'))],
  ['a file beside those of a chart by a link', { 'web/Chart.yaml': CHART }, { 'web/node_modules/a/b.yaml': 'map.yaml' }, allowed => helmRequest(join(allowed, 'web'))],
  ['a values file', { 'web/Chart.yaml': CHART }, {}, (allowed, outside) => helmRequest(join(allowed, 'web'), { valuesFiles: [join(outside, 'values.yaml')] })],
  ['a kustomization', {}, {}, (_, outside) => ({ type: 'kustomize', path: join(outside, 'base') })],
  ['a base by a link', { 'kustomization.yaml': 'resources: [base]\n' }, { base: 'base' }, allowed => ({ type: 'kustomize', path: allowed })],
  ['a resource by a link', { 'kustomization.yaml': 'resources: [map.yaml]\n' }, { 'map.yaml': 'map.yaml' }, allowed => ({ type: 'kustomize', path: allowed })],
  ['a kustomization.yaml by a link', {}, { 'kustomization.yaml': 'base/kustomization.yaml' }, allowed => ({ type: 'kustomize', path: allowed })],
  ['a patch of a base', { 'kustomization.yaml': 'resources: [base]\n', 'base/kustomization.yaml': 'patches: [{path: p.yaml}]\n' }, { 'base/p.yaml': 'map.yaml' }, allowed => ({ type: 'kustomize', path: allowed })],
];

describe('what leads out of the folders that sources may read', () => {
  test.each(cases)('%s is refused, and no program starts', (_, inside, links, request) => {
    const { allowed, outside } = folders(inside, links);
    const program = counted('exit 1');
    process.env.FLOTILLA_HELM = program.path;
    process.env.FLOTILLA_KUSTOMIZE = program.path;
    const { errors, manifests } = renderOne(request(allowed, outside), [allowed]);
    expect([manifests, errors]).toEqual([[], [expect.objectContaining({ code: 'FLT2107', what: expect.stringMatching(/leads out of the project/), fix: expect.stringContaining('sourceFolders') })]]);
    expect(errors[0].what).toContain(relative(process.cwd(), outside));
    expect(program.starts()).toEqual([]);
  });

  test('a base by `..` is refused by its path', () => {
    const { allowed, outside } = folders({});
    const inside = folderWith({ 'kustomization.yaml': `resources: [../${relative(dirname(allowed), outside)}/base]\n` });
    expect(renderOne({ type: 'kustomize', path: inside }, [inside]).errors).toEqual([expect.objectContaining({ code: 'FLT2107' })]);
    expect(renderOne({ type: 'kustomize', path: inside }, [inside, outside]).manifests).toHaveLength(1);
  });

  test('what does not exist there is refused likewise: nobody is told what there is', () => {
    const { allowed, outside } = folders({});
    const error = (name: string) => renderOne({ type: 'manifests', files: [join(outside, name)], urls: [] }, [allowed]).errors[0];
    expect([error('gone').code, error('map.yaml').code]).toEqual(['FLT2107', 'FLT2107']);
  });

  test('is read when its folder is allowed', () => {
    const { allowed, outside } = folders({}, { 'map.yaml': 'map.yaml' });
    expect(renderOne({ type: 'manifests', files: [join(allowed, 'map.yaml')], urls: [] }, [allowed, outside]).manifests).toHaveLength(1);
  });
});

test('links that lead in circles are refused in a chart, and passed over in a folder of manifests', () => {
  const folder = folderWith({ 'web/Chart.yaml': CHART, 'maps/a.yaml': MAP });
  symlinkSync(join(folder, 'web'), join(folder, 'web/again'));
  symlinkSync(join(folder, 'maps'), join(folder, 'maps/again'));
  process.env.FLOTILLA_HELM = counted('exit 1').path;
  expect(renderOne(helmRequest(join(folder, 'web')), [folder]).errors).toEqual([expect.objectContaining({ code: 'FLT2106', what: expect.stringMatching(/a link to a folder that it lies in/) })]);
  expect(renderOne({ type: 'manifests', files: [join(folder, 'maps')], urls: [] }, [folder]).manifests).toHaveLength(1);
});

test('a folder of `sourceFolders` that does not exist is an error', () => {
  expect(() => renderOne({ type: 'manifests', files: ['a'], urls: [] }, ['./gone'])).toThrow(/FLT2106 the folder ".\/gone" of `sourceFolders` does not exist/);
});
