/**
 * Makes something when it is first asked for, and once. A statement is prepared so where a connection may be open before
 * its tables are there: what is wrong then is the failure of the question.
 */
export function lazily<T>(make: () => T): () => T {
  let made: { readonly value: T } | null = null;
  return () => {
    made ??= { value: make() };
    return made.value;
  };
}
