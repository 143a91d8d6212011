/**
 * The same functions, at any depth of the object, whose failures are told before they are passed on: where one
 * is handled on the spot, such as a file that is tried again later, somebody else may have to know of it too.
 */
export function tellFailures<T extends object>(target: T, tell: (error: unknown) => void): T {
  const wrapped = Object.entries(target).map(([name, value]: [string, unknown]) => {
    if (typeof value === 'function') return [name, telling(value as Call, tell)];
    return [name, typeof value === 'object' && value !== null ? tellFailures(value, tell) : value];
  });
  return Object.fromEntries(wrapped) as T;
}

type Call = (...args: unknown[]) => unknown;

function telling(call: Call, tell: (error: unknown) => void): Call {
  return (...args) => {
    try {
      const result = call(...args);
      if (result instanceof Promise) result.catch(tell);
      return result;
    } catch (error) {
      tell(error);
      throw error;
    }
  };
}
