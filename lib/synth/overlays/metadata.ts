import { jobTemplatesIn, podTemplatesIn } from './pod-templates';
import { change, OverlayStep } from './step';
import { isMap } from '../../model/values';
import { copyJson, equalJson, Json, JsonMap } from '../../patch/json';
import { Manifest } from '../../tree/manifest';

/** Sets labels of all objects, and of the pods and jobs that they make. Selectors stay, because those of workloads cannot be changed. */
export function setLabels(step: OverlayStep): void {
  setMetadata(step, 'labels', step.props.labels!);
}

/** Sets annotations of all objects, and of the pods and jobs that they make. */
export function setAnnotations(step: OverlayStep): void {
  setMetadata(step, 'annotations', step.props.annotations!);
}

function setMetadata(step: OverlayStep, field: 'labels' | 'annotations', values: Readonly<Record<string, string>>): void {
  for (const object of step.objects) {
    const manifest = copyJson(object.manifest as JsonMap) as Manifest;
    for (const holder of [manifest, ...jobTemplatesIn(manifest), ...podTemplatesIn(manifest)]) {
      const metadata = isMap(holder.metadata) ? holder.metadata : {};
      holder.metadata = { ...metadata, [field]: { ...isMap(metadata[field]) ? metadata[field] : {}, ...values } };
    }
    if (!equalJson(manifest as Json, object.manifest as Json)) {
      change(step, field, object, manifest);
    }
  }
}
