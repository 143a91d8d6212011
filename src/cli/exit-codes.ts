/** What the `reelhold` command answers to a shell. */
export const exitCodes = { done: 0, failed: 1, usage: 2, notAllProven: 3, notReachable: 4 } as const;
