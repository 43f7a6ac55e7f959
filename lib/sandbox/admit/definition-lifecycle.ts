import { forbidden } from './forbidden';
import type { AdmissionRequest } from '../api';
import type { JsonMap } from '../json';
import { isTerminating } from '../schema/definition';

/** Nothing new comes into a kind whose definition is being deleted. What is there may still be changed, so that it loses its finalizers. */
export function checkDefinition({ operation, resource, name }: AdmissionRequest): void {
  if (operation === 'CREATE' && resource.definition !== undefined && isTerminating(resource.definition as JsonMap)) {
    throw forbidden(resource, name, 'create not allowed while custom resource definition is terminating');
  }
}
