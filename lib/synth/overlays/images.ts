import { missing } from './keys';
import { change, OverlayStep } from './step';
import { isMap } from '../../model/values';
import { copyJson, JsonMap } from '../../patch/json';
import { Manifest } from '../../tree/manifest';

const CONTAINERS = ['containers', 'initContainers', 'ephemeralContainers'];

/** Changes images of containers, wherever an object has a list of them. */
export function setImages(step: OverlayStep): void {
  const images = step.props.images!;
  const [used, seen] = [new Set<string>(), new Set<string>()];
  for (const object of step.objects) {
    // A definition has schemas, and no containers.
    if (object.manifest.kind === 'CustomResourceDefinition' || !hasContainers(object.manifest)) {
      continue;
    }
    const manifest = copyJson(object.manifest as JsonMap) as Manifest;
    let changed = false;
    for (const container of containersIn(manifest)) {
      const name = nameOf(container.image);
      seen.add(name);
      const key = [name, lastSegment(name)].find(each => Object.hasOwn(images, each));
      if (key !== undefined) {
        used.add(key);
        const image = withVersion(name, images[key]);
        changed ||= image !== container.image;
        container.image = image;
      }
    }
    if (changed) {
      change(step, 'images', object, manifest);
    }
  }
  const candidates = [...seen].flatMap(name => [name, lastSegment(name)]);
  Object.keys(images).forEach(key => step.matches.push(missing(step, 'images', key, used.has(key), candidates, 'image', [...seen])));
}

interface Container {
  image: string;
}

function containersIn(value: unknown): Container[] {
  if (Array.isArray(value)) {
    return value.flatMap(containersIn);
  }
  return isMap(value) ? Object.entries(value).flatMap(([key, inner]) => [
    ...CONTAINERS.includes(key) && Array.isArray(inner) ? inner.filter((item): item is Container => isMap(item) && typeof item.image === 'string') : [],
    ...containersIn(inner),
  ]) : [];
}

function hasContainers(value: unknown): boolean {
  return containersIn(value).length > 0;
}

/** The name of an image without tag and digest. A colon before a slash is that of a port. */
function nameOf(image: string): string {
  const name = image.replace(/@.*$/, '');
  const colon = name.indexOf(':', name.lastIndexOf('/') + 1);
  return colon < 0 ? name : name.slice(0, colon);
}

function lastSegment(name: string): string {
  return name.slice(name.lastIndexOf('/') + 1);
}

/** @param version a tag, a digest, or a whole image */
function withVersion(name: string, version: string): string {
  return /^sha\d+:/.test(version) ? `${name}@${version}` : /[/:@]/.test(version) ? version : `${name}:${version}`;
}
