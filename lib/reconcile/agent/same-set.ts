/** Whether two sets hold the same; none is an empty one. */
export function sameSet(a: ReadonlySet<string> | undefined, b: ReadonlySet<string> | undefined): boolean {
  return (a?.size ?? 0) === (b?.size ?? 0) && [...a ?? []].every(each => b?.has(each));
}
