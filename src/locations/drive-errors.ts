import { codeOf, ReelholdError, translateError } from '#core/errors.ts';

/**
 * Says a failure of the drive's in terms of what was done there: not by the paths and sides of whoever did the work.
 * With the side `vault` it is the failure of the disk that a file is fetched to.
 */
export function onDrive(error: unknown, operation: string, object: string, side?: 'vault'): ReelholdError {
  const facts = { operation, object, ...(side === undefined ? {} : { side }) };
  if (!(error instanceof ReelholdError)) return translateError(error, facts);
  if (codeOf(error.cause) !== undefined) return translateError(error.cause, facts);
  const detail = error.message.slice(error.message.lastIndexOf(': ') + 2);
  return new ReelholdError({ ...facts, kind: error.kind }, detail, { cause: error });
}

export function abortedError(operation: string, object: string): ReelholdError {
  return new ReelholdError({ kind: 'aborted', operation, object }, 'stopped');
}

/** Refuses what is no path below a place, before anything is done with it. */
export function requireInside(path: string): void {
  const parts = path.split('/');
  if (parts.every((part) => part !== '' && part !== '.' && part !== '..' && !part.includes('\0'))) return;
  throw new RangeError(`${JSON.stringify(path)} is no path of an archive`);
}
