/** The number after an option of the command line, `--size 100`; the other where it is not given. */
export function numberAfter(option: string, otherwise: number): number {
  const index = process.argv.indexOf(option);
  return index < 0 ? otherwise : Number(process.argv[index + 1]);
}
