import { readFile } from 'node:fs/promises';
import { ReelholdError, translateError } from '#core/errors.ts';
import { readPassphrase } from '#core/passphrase.ts';

/** The password in a file, as it was typed or printed: never an argument, which every user of the machine can read. */
export async function readPasswordFile(file: string): Promise<string> {
  let typed: string;
  try {
    typed = (await readFile(file, 'utf8')).trim();
  } catch (error) {
    throw translateError(error, { operation: 'read', object: file });
  }
  const read = readPassphrase(typed);
  if (read.kind === 'right') return read.passphrase;
  const facts = { kind: 'unsupported', operation: 'use the password in', object: file } as const;
  if (typed === '') throw new ReelholdError(facts, 'it is empty');
  if (read.kind === 'incomplete') return typed;
  throw new ReelholdError(facts, `there is a slip in group ${read.groups.join(', ')}`);
}
