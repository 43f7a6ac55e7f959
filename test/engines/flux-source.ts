import { execFile } from 'node:child_process';
import { createHash } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { promisify } from 'node:util';
import { FLUX_NAMESPACE } from './kustomize-controller';
import type { KubeClient, KubeObject } from '../control-plane/client';

const run = promisify(execFile);
const GIT_REPOSITORIES = `/apis/source.toolkit.fluxcd.io/v1/namespaces/${FLUX_NAMESPACE}/gitrepositories`;

/** A packed folder, ready to be published. */
export interface Artifact {
  readonly tarball: Buffer;
  /** As the source controller writes it: branch and commit. */
  readonly revision: string;
}

/** Takes the place of Flux's source controller: serves folders as artifacts, and says so in the status of GitRepositories. */
export class FluxSource {
  static async start(kube: KubeClient): Promise<FluxSource> {
    const files = new Map<string, Buffer>();
    const server = createServer((request, response) => {
      const file = files.get(request.url ?? '');
      response.writeHead(file ? 200 : 404).end(file);
    });
    await new Promise<void>((resolve, reject) => {
      server.once('error', reject);
      server.listen(0, '127.0.0.1', resolve);
    });
    return new FluxSource(kube, server, files);
  }

  private constructor(private readonly kube: KubeClient, private readonly server: Server, private readonly files: Map<string, Buffer>) {}

  private get url(): string {
    return `http://127.0.0.1:${(this.server.address() as AddressInfo).port}`;
  }

  /** Makes a GitRepository that has no artifact yet. */
  async create(name: string): Promise<void> {
    await this.kube.create({
      apiVersion: 'source.toolkit.fluxcd.io/v1', kind: 'GitRepository', metadata: { name, namespace: FLUX_NAMESPACE },
      spec: { interval: '24h', url: `${this.url}/${name}.git` },
    });
  }

  /** Makes an artifact the newest of a GitRepository: each Kustomization of it reconciles at once. */
  async publish(name: string, artifact: Artifact): Promise<void> {
    const repository = await this.kube.get(`${GIT_REPOSITORIES}/${name}`);
    const path = `/${name}/${artifact.revision.split(':')[1]}.tar.gz`;
    this.files.set(path, artifact.tarball);
    await this.kube.patch(`${GIT_REPOSITORIES}/${name}/status`, { status: artifactStatus(repository, `${this.url}${path}`, artifact, new Date()) });
  }

  stop(): Promise<void> {
    this.server.closeAllConnections();
    return new Promise(resolve => {
      this.server.close(() => resolve());
    });
  }
}

/** Packs a folder. Its revision follows from its content. */
export async function pack(folder: string): Promise<Artifact> {
  const archive = `${folder.replace(/\/$/, '')}.tar.gz`;
  await run('tar', ['--sort=name', '--mtime=@0', '--owner=0', '--group=0', '-czf', archive, '-C', folder, '.']);
  const tarball = readFileSync(archive);
  return { tarball, revision: `main@sha1:${createHash('sha1').update(tarball).digest('hex')}` };
}

/** What a GitRepository's status says of its artifact once the source controller has been there. */
export function artifactStatus(repository: KubeObject, url: string, { tarball, revision }: Artifact, now: Date): object {
  const time = now.toISOString().replace(/\.\d+Z$/, 'Z');
  return {
    observedGeneration: repository.metadata.generation,
    artifact: {
      url, path: new URL(url).pathname.slice(1), revision, digest: `sha256:${createHash('sha256').update(tarball).digest('hex')}`,
      lastUpdateTime: time, size: tarball.length,
    },
    conditions: [{
      type: 'Ready', status: 'True', reason: 'Succeeded', message: `stored artifact for revision '${revision}'`,
      lastTransitionTime: time, observedGeneration: repository.metadata.generation,
    }],
  };
}
