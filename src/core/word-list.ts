/** Makes a set of lines of words: tables of data stay readable, a line for each reason. */
export function words(...lines: readonly string[]): ReadonlySet<string> {
  return new Set(lines.flatMap((line) => line.split(' ')));
}
