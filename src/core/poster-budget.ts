/** What the stills of OPEN-ME.html may take together, so that the page opens at once also from a slow drive. */
const budgetBytes = 8 * 1024 * 1024;

/** How many of the posters, the newest first, may stand in the page itself; null is a video without one. */
export function countPosters(sizesBytes: readonly (number | null)[], budget = budgetBytes): number {
  let used = 0;
  const first = sizesBytes.findIndex((sizeBytes) => {
    used += sizeBytes ?? 0;
    return used > budget;
  });
  return first < 0 ? sizesBytes.length : first;
}
