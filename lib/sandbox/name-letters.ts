import { randomInt } from 'node:crypto';

/** The letters of generated names: no vowels, so that no word comes out (k8s.io/apimachinery/pkg/util/rand). */
export const NAME_LETTERS = 'bcdfghjklmnpqrstvwxz2456789';

/** So many of them. @param below gives a whole number from 0 to below its argument; by default anything */
export function randomLetters(count: number, below: (end: number) => number = randomInt): string {
  return Array.from({ length: count }, () => NAME_LETTERS[below(NAME_LETTERS.length)]).join('');
}
