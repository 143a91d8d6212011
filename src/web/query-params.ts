import { BadRequestError } from './problem.ts';

type Reader<T> = (text: string, name: string) => T;

/** A whole number, at least `low` and at most `high`. */
export function wholeNumber(low: number, high: number): Reader<number> {
  return (text, name) => {
    const value = /^\d{1,15}$/.test(text) ? Number(text) : Number.NaN;
    if (value >= low && value <= high) return value;
    throw new BadRequestError(`${name} must be a whole number from ${low} to ${high}.`);
  };
}

/** One of the given words. */
export function oneOf<const T extends string>(...words: readonly T[]): Reader<T> {
  return (text, name) => {
    const word = words.find((candidate) => candidate === text);
    if (word !== undefined) return word;
    throw new BadRequestError(`${name} must be one of: ${words.join(', ')}.`);
  };
}

/** An identifier, as this program gives them. */
export const identifier: Reader<string> = (text, name) => {
  if (/^[\w.:-]{1,100}$/.test(text)) return text;
  throw new BadRequestError(`${name} must be an id that Reelhold gave.`);
};

/** Reads an address's query; a name that is not asked for, or stands there twice, is refused. */
export function readQuery<T extends Record<string, Reader<unknown>>>(
  address: string,
  readers: T,
): { readonly [Name in keyof T]: ReturnType<T[Name]> | null } {
  const params = new URL(address).searchParams;
  const allowed = Object.keys(readers);
  for (const name of new Set(params.keys())) {
    if (!allowed.includes(name)) {
      const hint = allowed.length === 0 ? 'nothing may be asked here' : `allowed are: ${allowed.join(', ')}`;
      throw new BadRequestError(`${JSON.stringify(name)} is not known; ${hint}.`);
    }
    if (params.getAll(name).length > 1) throw new BadRequestError(`${name} is given twice.`);
  }
  const read = allowed.map((name) => {
    const text = params.get(name);
    return [name, text === null ? null : readers[name]?.(text, name)];
  });
  return Object.fromEntries(read);
}
