import { MAX_DEPTH } from './limits';

/** Why a text is refused, before it is known which file and line that is. */
export class Refusal extends Error {
  /**
   * @param offset place in the text, in UTF-16 code units from its start
   * @param reason what is wrong, as the end of a sentence
   * @param fix what to do, an imperative sentence
   */
  constructor(public readonly offset: number, public readonly reason: string, public readonly fix: string) {
    super(reason);
  }
}

export function tooDeep(offset: number): Refusal {
  return new Refusal(offset, `nested deeper than ${MAX_DEPTH} levels`, 'look for a generated or recursive part: no Kubernetes object nests like that');
}
