import type { JsonMap } from '../json';

/** An object in another version of its kind: with the same fields under another apiVersion. */
export function convertObject(object: JsonMap, apiVersion: string): JsonMap {
  return object.apiVersion === apiVersion ? object : { ...object, apiVersion };
}
