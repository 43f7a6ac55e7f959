import { mkdirSync, symlinkSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { readConfigMap } from '../../lib/source/config-map';
import type { ConfigMapRequest } from '../../lib/source/request';
import { SourceFolders } from '../../lib/source/source-folders';
import { temporaryFolder } from '../temporary-folder';

const outside = temporaryFolder();
const folder = join(outside, 'project');
mkdirSync(folder);
writeFileSync(join(folder, 'app.yaml'), '\uFEFFlevel: info\r\n');
writeFileSync(join(folder, 'logo.png'), Buffer.from([0x89, 0x50, 0xff, 0x00]));
writeFileSync(join(folder, 'big.txt'), 'x'.repeat(1024 * 1024));
writeFileSync(join(folder, 'not a key'), '');
writeFileSync(join(outside, 'secret.txt'), 'outside');
symlinkSync(join(outside, 'secret.txt'), join(folder, 'link.txt'));

function read(more: Partial<ConfigMapRequest>): ReturnType<typeof readConfigMap> {
  return readConfigMap({ type: 'config-map', name: 'settings', files: [], literals: {}, nameByContent: true, ...more }, new SourceFolders(folder));
}

test('files have their names for keys, byte for byte; what is no text is binary data', () => {
  expect(read({ files: ['app.yaml', './logo.png'], literals: { LOG: 'debug' } })).toEqual({
    apiVersion: 'v1', kind: 'ConfigMap', metadata: { name: 'settings', annotations: { 'cdk8s-flotilla.dev/name': 'by-content' } },
    data: { 'LOG': 'debug', 'app.yaml': '\uFEFFlevel: info\r\n' }, binaryData: { 'logo.png': 'iVD/AA==' },
  });
});

test('files may have keys of their own, and the name need not follow the content', () => {
  expect(read({ files: { 'config.yaml': 'app.yaml' }, nameByContent: false })).toEqual({
    apiVersion: 'v1', kind: 'ConfigMap', metadata: { name: 'settings' }, data: { 'config.yaml': '\uFEFFlevel: info\r\n' },
  });
});

test.each<[string, Partial<ConfigMapRequest>, string, RegExp]>([
  ['a file that is not there', { files: ['none.yaml'] }, 'FLT2106', /the file "none\.yaml" does not exist/],
  ['a file outside', { files: ['../secret.txt'] }, 'FLT2107', /leads out of the project/],
  ['a link that leads outside', { files: ['link.txt'] }, 'FLT2107', /link\.txt" leads out of the project, to "\.\.\/secret\.txt"/],
  ['a name that is no key', { files: ['not a key'] }, 'FLT2601', /"not a key" \(not a key\) cannot be a key of the ConfigMap 'settings'/],
  ['a key of dots', { literals: { '..': 'x' } }, 'FLT2601', /"\.\." \(a literal\)/],
  ['one key twice', { files: ['app.yaml'], literals: { 'app.yaml': 'x' } }, 'FLT2602', /the key 'app\.yaml' twice: from a literal and from app\.yaml/],
  ['more than a ConfigMap holds', { files: ['big.txt'] }, 'FLT2603', /holds 1048583 bytes.*the largest key is 'big\.txt'/],
])('%s is refused', (_, request, code, what) => {
  expect(() => read(request)).toThrow(expect.objectContaining({ code, what: expect.stringMatching(what) }));
});
