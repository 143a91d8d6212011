import { ReelholdError } from '#core/errors.ts';
import type { OutgoingFile, PutOutcome } from '#core/ports/location.ts';
import { settle } from './settle.ts';
import type { SourceHashes } from './source-hashes.ts';

/** A file of which we know that its source has the right bytes. */
export interface ReadyFile {
  readonly file: OutgoingFile;
  readonly source: SourceHashes;
}

/** Reads sources in their order before they leave, while others are on their way. */
export interface SourceReader extends AsyncDisposable {
  /** Has the files before this one read. */
  readTo(end: number): void;
  /** How many are read, in their order. */
  readonly readCount: number;
  /** Waits for some of them; what is wrong with one is its outcome. Throws where reading was called off. */
  take(from: number, end: number): Promise<{ ready: ReadyFile[]; bad: Map<OutgoingFile, PutOutcome> }>;
}

/** `read` reads one; whoever disposes of the reader waits for the one that is being read, and no more. */
export function createSourceReader(
  files: readonly OutgoingFile[],
  read: (file: OutgoingFile) => SourceHashes | Promise<SourceHashes>,
): SourceReader {
  const readings: Promise<() => SourceHashes>[] = [];
  let isOver = false;
  let readCount = 0;

  const readNext = async (file: OutgoingFile, before: Promise<unknown> | undefined) => {
    await before;
    if (isOver) throw new ReelholdError({ kind: 'aborted', operation: 'read', object: file.path }, 'stopped');
    try {
      return await read(file);
    } finally {
      readCount += 1;
    }
  };

  const readTo = (end: number) => {
    for (const file of files.slice(readings.length, end)) {
      readings.push(settle(readNext(file, readings.at(-1))));
    }
  };

  return {
    readTo,
    get readCount() {
      return readCount;
    },
    async take(from, end) {
      readTo(end);
      const ready: ReadyFile[] = [];
      const bad = new Map<OutgoingFile, PutOutcome>();
      const settled = await Promise.all(readings.slice(from, end));
      for (const [index, sourceOf] of settled.entries()) {
        const file = files[from + index];
        if (file === undefined) continue;
        try {
          const source = sourceOf();
          if (source.digest === file.digest && source.sizeBytes === file.sizeBytes)
            ready.push({ file, source });
          else bad.set(file, { kind: 'bad-source' });
        } catch (error) {
          if (!(error instanceof ReelholdError) || error.kind === 'aborted') throw error;
          bad.set(file, { kind: 'failed', error });
        }
      }
      return { ready, bad };
    },
    async [Symbol.asyncDispose]() {
      isOver = true;
      await readings.at(-1);
    },
  };
}
