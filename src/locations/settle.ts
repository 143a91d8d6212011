/** Waits for it without failing: what it gives gives the value, or throws, when it is asked. */
export function settle<T>(promise: Promise<T>): Promise<() => T> {
  return promise.then(
    (value) => () => value,
    (error: unknown) => () => {
      throw error;
    },
  );
}
