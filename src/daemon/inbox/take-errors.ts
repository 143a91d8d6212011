import { ReelholdError } from '#core/errors.ts';
import { displayName } from '#core/file-name.ts';

/** A writer went on while a file waited for its turn. */
export function changedSince(path: string): ReelholdError {
  const facts = { kind: 'changed', operation: 'read', object: displayName(path), side: 'source' } as const;
  return new ReelholdError(facts, 'it changed after it had settled');
}

/** The vault has no room for a file that the owner asked for. */
export function noRoom(path: string): ReelholdError {
  const hint = 'It stays in the inbox, and is taken when there is room.';
  const facts = { kind: 'full', operation: 'take', object: displayName(path), side: 'vault', hint } as const;
  return new ReelholdError(facts, 'there is not enough room in the vault');
}
