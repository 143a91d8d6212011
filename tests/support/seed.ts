/** What chance starts from in this run: said in the output, and given again as REELHOLD_TEST_SEED to repeat it. */
export function testSeed(): number {
  const given = Number(process.env.REELHOLD_TEST_SEED);
  const seed = Number.isSafeInteger(given) ? given : Math.floor(Math.random() * 2 ** 31);
  console.log(`REELHOLD_TEST_SEED=${seed}`);
  return seed;
}

/** Numbers from 0 to below 1 that follow from the seed alone (mulberry32). */
export function createRandom(seed: number): () => number {
  let state = seed >>> 0;
  return () => {
    state = (state + 0x6d2b79f5) >>> 0;
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state);
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32;
  };
}
