import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { newProject } from './program';
import { flotilla } from '../cli/flotilla';

const CRD = `apiVersion: apiextensions.k8s.io/v1
kind: CustomResourceDefinition
metadata: { name: shops.example.com }
spec:
  group: example.com
  scope: Namespaced
  names: { kind: Shop, plural: shops, singular: shop, listKind: ShopList }
  versions:
    - name: v1
      served: true
      storage: true
      schema: { openAPIV3Schema: { type: object, properties: { spec: { type: object, properties: { size: { type: integer } } } } } }
`;

test('classes for custom kinds are written by the `cdk8s import` of the project', async () => {
  const folder = newProject();
  try {
    writeFileSync(join(folder, 'shop.yaml'), CRD);
    expect(await flotilla(['import', 'crd', 'shop.yaml', '-o', 'kinds'], { cwd: folder, env: { CI: '1' } })).toMatchObject({ code: 0 });
    expect(readFileSync(join(folder, 'kinds', 'example.com.ts'), 'utf8')).toContain('export class Shop extends ApiObject');
    expect(await flotilla(['import', 'crd', 'nowhere.yaml'], { cwd: folder })).toMatchObject({ code: 1, err: expect.stringMatching(/FLT2505 cdk8s ended with exit code 1: cdk8s import nowhere\.yaml/) });
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
});

test('without cdk8s-cli the message says how to get it', async () => {
  const folder = mkdtempSync(join(tmpdir(), 'flotilla-crd-'));
  try {
    const { code, err } = await flotilla(['import', 'crd', 'shop.yaml'], { cwd: folder, env: { PATH: folder } });
    expect({ code, err }).toEqual({ code: 1, err: expect.stringMatching(/^FLT2504 cdk8s, [^]*fix run `npm install --save-dev cdk8s-cli`/) });
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
});
