import { codeOf, isOutsideError, isReelholdError, translateError } from '#core/errors.ts';

/**
 * Gives what leaves the catalogue in place of an error: a full, read-only, unreadable, busy or damaged database
 * becomes a `ReelholdError` of that kind; a mistake of ours (a constraint, SQL that does not parse) stays as it is,
 * and so does what is no error of SQLite's.
 *
 * @internal
 */
export function translateSqlite(error: unknown, operation: string, object = 'the catalogue'): unknown {
  if (isReelholdError(error)) return error;
  // drizzle wraps what fails in its `run`.
  const cause = codeOf(error) === undefined && error instanceof Error ? error.cause : error;
  return isOutsideError(cause) ? translateError(cause, { operation, object }) : error;
}

/** Runs something on the database; its errors leave translated, as `translateSqlite` says. */
export function translating<T>(operation: string, run: () => T, object?: string): T {
  try {
    return run();
  } catch (error) {
    throw translateSqlite(error, operation, object);
  }
}

/** Runs something on the catalogue; its errors leave translated, and a damage that it meets is noted. */
export function guarding<T>(operation: string, catalogue: Suspectable, run: () => T): T {
  try {
    return translating(operation, run);
  } catch (error) {
    if (isReelholdError(error, 'corrupt')) catalogue.suspect();
    throw error;
  }
}

interface Suspectable {
  suspect(): void;
}

/** The same methods, each of them run as `guarding` says. */
export function guarded<Rows extends object>(rows: Rows, operation: string, catalogue: Suspectable): Rows {
  return Object.fromEntries(
    Object.entries(rows).map(([name, call]: [string, (...args: unknown[]) => unknown]) => [
      name,
      (...args: unknown[]) => {
        const result = guarding(operation, catalogue, () => call(...args));
        return result instanceof Iterator ? guardedItems(result, operation, catalogue) : result;
      },
    ]),
  ) as Rows;
}

/** What is read while it is gone through fails there, not in the call. */
function* guardedItems(
  items: Iterator<unknown>,
  operation: string,
  catalogue: Suspectable,
): Generator<unknown> {
  for (;;) {
    const next = guarding(operation, catalogue, () => items.next());
    if (next.done === true) return;
    yield next.value;
  }
}
