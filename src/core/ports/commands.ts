import type { Command } from '#core/command.ts';

/**
 * What the owner asks for on the page: it is noted durably first, and done by whoever works on the archive, at the
 * latest when somebody does again.
 */
export interface Commands {
  /** Notes it, and waits a moment for what comes of it. Rejects with a `ReelholdError` where it could not be noted. */
  run(command: Command): Promise<CommandOutcome>;
}

/** `working`: it is noted, and not done yet. */
export type CommandOutcome =
  | { readonly kind: 'done'; readonly result: string | null }
  | { readonly kind: 'failed'; readonly why: string }
  | { readonly kind: 'working' };
