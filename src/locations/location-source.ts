import { lstat, open, rm } from 'node:fs/promises';
import type { Digest } from '#core/digest.ts';
import { codeOf, isReelholdError, ReelholdError, translateError } from '#core/errors.ts';
import type { ArchiveSource } from '#core/ports/archive-source.ts';
import type { Location } from '#core/ports/location.ts';

/** Any place as one that is read from; `hashFile` reads a local file to its end. */
export function createLocationSource(options: {
  readonly name: string;
  readonly location: Pick<Location, 'read' | 'list' | 'fetch'>;
  readonly hashFile: (
    path: Uint8Array,
    options: { readonly signal: AbortSignal },
  ) => Promise<{ digest: Digest }>;
}): ArchiveSource {
  const { name, location, hashFile } = options;

  const onTarget = (error: unknown, object: string) => {
    if (isReelholdError(error, 'aborted')) return error;
    const failure = translateError(error, { operation: 'write', object, side: 'vault' });
    if (failure.side === 'vault') return failure;
    const { kind, operation } = failure;
    return new ReelholdError({ kind, operation, object, side: 'vault' }, failure.message, { cause: error });
  };

  return {
    name,
    read: (path, signal) => location.read(path, signal),
    list: (folder, signal) => location.list(folder, signal),
    async copy(file, target, context) {
      await requireFree(target, file.path);
      try {
        await location.fetch(file, target, context);
        try {
          await flush(target);
          return (await hashFile(Buffer.from(target), context)).digest;
        } catch (error) {
          throw onTarget(error, file.path);
        }
      } catch (error) {
        await rm(target, { force: true }).catch(() => undefined); // the first error says more
        throw error;
      }
    },
  };
}

async function flush(path: string): Promise<void> {
  await using file = await open(path, 'r+');
  await file.sync();
}

/** What stands there is not ours to remove where fetching fails. */
async function requireFree(target: string, object: string): Promise<void> {
  const facts = { operation: 'write', object, side: 'vault' } as const;
  try {
    await lstat(target);
  } catch (error) {
    if (codeOf(error) === 'ENOENT') return;
    throw translateError(error, facts);
  }
  throw new ReelholdError({ ...facts, kind: 'unsupported' }, 'something else stands in its place');
}
