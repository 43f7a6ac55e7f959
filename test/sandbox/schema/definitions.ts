import type { JsonMap } from '../../../lib/sandbox/json';

export interface Definition extends JsonMap {
  metadata: JsonMap & { name: string };
  spec: JsonMap & { versions: JsonMap[] };
}

/** With lists and maps of every kind, in two versions. */
export const widget: Definition = {
  apiVersion: 'apiextensions.k8s.io/v1',
  kind: 'CustomResourceDefinition',
  metadata: { name: 'widgets.example.com' },
  spec: {
    group: 'example.com',
    scope: 'Namespaced',
    names: { plural: 'widgets', singular: 'widget', kind: 'Widget', shortNames: ['wd'], categories: ['all'] },
    versions: [{
      name: 'v1',
      served: true,
      storage: true,
      subresources: { status: {}, scale: { specReplicasPath: '.spec.replicas', statusReplicasPath: '.status.replicas' } },
      selectableFields: [{ jsonPath: '.spec.color' }],
      schema: {
        openAPIV3Schema: {
          type: 'object',
          description: 'A widget.',
          properties: {
            spec: {
              type: 'object',
              properties: {
                replicas: { type: 'integer', minimum: 0 },
                color: { type: 'string', enum: ['red', 'blue'] },
                parts: {
                  'type': 'array',
                  'x-kubernetes-list-type': 'map',
                  'x-kubernetes-list-map-keys': ['name', 'side'],
                  'items': {
                    type: 'object',
                    required: ['name'],
                    properties: { name: { type: 'string' }, side: { type: 'string', default: 'left' }, size: { 'x-kubernetes-int-or-string': true }, note: { type: 'string', nullable: true } },
                  },
                },
                tags: { 'type': 'array', 'x-kubernetes-list-type': 'set', 'items': { type: 'string' } },
                order: { type: 'array', items: { type: 'string' } },
                any: { 'type': 'object', 'x-kubernetes-preserve-unknown-fields': true },
                half: { 'type': 'object', 'x-kubernetes-preserve-unknown-fields': true, 'properties': { known: { type: 'object', properties: { a: { type: 'string' } } } } },
                embedded: { 'type': 'object', 'x-kubernetes-preserve-unknown-fields': true, 'x-kubernetes-embedded-resource': true, 'nullable': true },
                matrix: { type: 'object', additionalProperties: { 'type': 'object', 'x-kubernetes-map-type': 'atomic', 'properties': { a: { type: 'string' }, b: { type: 'string' } } } },
                labels: { type: 'object', additionalProperties: { type: 'string' } },
              },
            },
            status: { type: 'object', properties: { replicas: { type: 'integer' }, phase: { type: 'string' } } },
          },
        },
      },
    }, {
      name: 'v1beta1',
      served: true,
      storage: false,
      schema: { openAPIV3Schema: { 'type': 'object', 'x-kubernetes-preserve-unknown-fields': true } },
    }],
  },
};

/** That keeps whatever one writes. */
export const gadget: Definition = {
  apiVersion: 'apiextensions.k8s.io/v1',
  kind: 'CustomResourceDefinition',
  metadata: { name: 'gadgets.example.com' },
  spec: {
    group: 'example.com',
    scope: 'Namespaced',
    names: { plural: 'gadgets', singular: 'gadget', kind: 'Gadget', listKind: 'GadgetList' },
    versions: [{ name: 'v1', served: true, storage: true, schema: { openAPIV3Schema: { 'type': 'object', 'x-kubernetes-preserve-unknown-fields': true } } }],
  },
};
