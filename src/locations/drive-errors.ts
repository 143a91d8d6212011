import { codeOf, ReelholdError, translateError } from '#core/errors.ts';

/** Says a failure of the drive's in terms of what was done there: not by the paths and sides of whoever did the work. */
export function onDrive(error: unknown, operation: string, object: string): ReelholdError {
  if (!(error instanceof ReelholdError)) return translateError(error, { operation, object });
  if (codeOf(error.cause) !== undefined) return translateError(error.cause, { operation, object });
  const detail = error.message.slice(error.message.lastIndexOf(': ') + 2);
  return new ReelholdError({ kind: error.kind, operation, object }, detail, { cause: error });
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
