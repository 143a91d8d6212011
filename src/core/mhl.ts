import {
  type HashList,
  isListedPath,
  type ListedAlgorithm,
  type ListedFile,
  type ListedHash,
} from './hash-list.ts';

/** A reader that is told of a list's elements as they come; names without their prefix, in lower case. */
export interface MhlReader {
  open(name: string, attributes: Readonly<Record<string, string>>): void;
  text(text: string): void;
  close(): void;
  /** What was read; null where it is no list, or one that must not be trusted. */
  end(): HashList | null;
}

/** More than a card, or a day of shooting, has; what names more is no list. */
const mostFiles = 100_000;
const deepest = 32;
const longestText = 8192;

const algorithms: Readonly<Record<string, readonly [ListedAlgorithm, RegExp]>> = {
  xxh128: ['xxh128', /^[0-9a-f]{32}$/],
  xxh3: ['xxh3', /^[0-9a-f]{16}$/],
  xxh64: ['xxh64', /^[0-9a-f]{16}$/],
  // MHL 1.1's names for the same, its bytes in the order of people, and in that of most processors
  xxhash64be: ['xxh64', /^[0-9a-f]{16}$/],
  xxhash64: ['xxh64', /^[0-9a-f]{16}$/],
  // and for that of 32 bits, a decimal number; some write it like the others, in either order
  xxhash: ['xxh32', /^(?:\d{1,10}|[0-9a-f]{8})$/],
  md5: ['md5', /^[0-9a-f]{32}$/],
  sha1: ['sha1', /^[0-9a-f]{40}$/],
  c4: ['c4', /^c4[1-9A-HJ-NP-Za-km-z]{88}$/],
};
/** By what it costs to compute, cheapest first; 32 bits tell least, and are the last resort. */
const cheapestFirst = ['xxh128', 'xxh3', 'xxh64', 'md5', 'sha1', 'c4', 'xxh32'];

const roots: ReadonlySet<string> = new Set(['hashlist', 'ascmhldirectory']);

interface Entry {
  path: string | null;
  sizeBytes: number | null;
  hashes: ListedHash[];
  /** A check that found other bytes says what is there, not what should be. */
  hasFailed: boolean;
}

/**
 * Reads ASC MHL (v2: manifests and chain; https://github.com/ascmitc/mhl, `xsd/ASCMHL.xsd`) and MHL 1.1
 * (mediahashlist.org) alike. A path that leaves the list's folder makes the whole list one that is not trusted.
 */
export function createMhlReader(): MhlReader {
  const open: string[] = [];
  const files: ListedFile[] = [];
  const renamed: string[] = [];
  const lists: { path: string; c4: string | null }[] = [];
  let entry: Entry | null = null;
  let reference: { path: string | null; c4: string | null } | null = null;
  let text = '';
  let isTrusted = true;
  let hasRoot = false;

  const distrust = () => {
    isTrusted = false;
  };
  const requirePath = (path: string): string => {
    if (!isListedPath(path)) distrust();
    return path;
  };

  const readOfEntry = (into: Entry, name: string, value: string) => {
    if (name === 'path' || name === 'file') into.path = requirePath(value);
    else if (name === 'size') into.sizeBytes = readSize(value);
    else if (name === 'previouspath') renamed.push(requirePath(value));
    else if (Object.hasOwn(algorithms, name) && !into.hasFailed) into.hashes.push(...readHash(name, value));
    into.hasFailed = false;
  };

  const endEntry = ({ path, sizeBytes, hashes }: Entry) => {
    if (path === null || files.length >= mostFiles) return distrust();
    const rank = (hash: ListedHash) => cheapestFirst.indexOf(hash.algorithm);
    const [hash] = hashes.sort((a, b) => rank(a) - rank(b));
    files.push({ path, sizeBytes, hash: hash ?? null });
  };

  return {
    open(name, attributes) {
      if (open.length === 0) hasRoot = roots.has(name);
      const parent = open.at(-1);
      open.push(name);
      if (open.length > deepest) distrust();
      text = '';
      // In a chain each list stands in such an element too.
      if (name === 'hash' && parent !== 'roothash') entry = newEntry();
      if (name === 'hashlistreference' || (name === 'hashlist' && parent === 'ascmhldirectory')) {
        reference = { path: null, c4: null };
      }
      if (entry !== null && name === 'path') entry.sizeBytes = readSize(attributes.size ?? '');
      if (entry !== null) entry.hasFailed = attributes.action === 'failed';
    },
    text(more) {
      if (text.length + more.length > longestText) distrust();
      else text += more;
    },
    close() {
      const name = open.pop();
      const value = text.trim();
      text = '';
      if (name === undefined) return;
      if (name === 'hash' && entry !== null) {
        endEntry(entry);
        entry = null;
      } else if (entry !== null && open.at(-1) === 'hash') readOfEntry(entry, name, value);
      else if (reference !== null && name === 'path') reference.path = requirePath(value);
      else if (reference !== null && name === 'c4') reference.c4 = value;
      else if (reference !== null && (name === 'hashlistreference' || name === 'hashlist')) {
        if (reference.path !== null) lists.push({ path: reference.path, c4: reference.c4 });
        reference = null;
      }
    },
    end: () => (isTrusted && hasRoot && open.length === 0 ? { files, renamed, lists } : null),
  };
}

function newEntry(): Entry {
  return { path: null, sizeBytes: null, hashes: [], hasFailed: false };
}

function readSize(text: string): number | null {
  const size = /^\d{1,16}$/.test(text) ? Number(text) : null;
  return size !== null && Number.isSafeInteger(size) ? size : null;
}

function readHash(name: string, text: string): ListedHash[] {
  const [algorithm, shape] = algorithms[name] ?? [];
  const value = algorithm === 'c4' ? text : text.toLowerCase();
  if (algorithm === undefined || !shape?.test(value)) return [];
  const [first, ...otherwise] = new Set((spellings[name] ?? asItIs)(value));
  if (first === undefined) return [];
  return [{ algorithm, value: first, ...(otherwise.length === 0 ? {} : { otherwise }) }];
}

const asItIs = (text: string): readonly string[] => [text];
const turnedRound = (text: string): string => (text.match(/../g) ?? []).reverse().join('');

/** What the text of those hashes may mean that are not written as we write them; first what the format says. */
const spellings: Readonly<Record<string, (text: string) => readonly string[]>> = {
  xxhash64: (text) => [turnedRound(text), text],
  xxhash(text) {
    const number = /^\d+$/.test(text) ? Number(text) : Number.POSITIVE_INFINITY;
    const decimal = number <= 0xffffffff ? [number.toString(16).padStart(8, '0')] : [];
    return text.length === 8 ? [...decimal, text, turnedRound(text)] : decimal;
  },
};
