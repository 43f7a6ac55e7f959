import { isMap, type Json } from '../json';

/** Whether all owners are to be forgotten: `[]` or `[{}]`. */
export function isReset(managedFields: Json | undefined): boolean {
  if (!Array.isArray(managedFields)) return false;
  const [first] = managedFields;
  return managedFields.length === 0 || (managedFields.length === 1 && isMap(first) && Object.keys(first).length === 0);
}
