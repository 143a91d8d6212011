import { randomBytes } from 'node:crypto';
import { mkdir, readFile, realpath, rename, writeFile } from 'node:fs/promises';
import { dirname } from 'node:path';
import { codeOf, translateError } from '#core/errors.ts';
import type { DriveTraits } from '#core/judge-place.ts';
import type { Location } from '#core/ports/location.ts';
import { createDriveLocation, type DriveOptions } from './drive.ts';
import { readDriveTraits } from './drive-traits.ts';
import { createLateLocation } from './late-location.ts';

export interface NotedDriveOptions extends Omit<DriveOptions, 'known' | 'papers'> {
  /** Where this installation notes what tells the drive from others. */
  readonly noteFile: string;
  readonly papers: () => Promise<DriveOptions['papers']>;
}

/**
 * A drive of which is noted what its disk is, whenever the owner says that it is the one that is meant: when it is
 * prepared, and when it is taken over.
 */
export function createNotedDrive(options: NotedDriveOptions): Location {
  const { noteFile, homes } = options;
  const root = () => realpath(options.root).catch(() => options.root);
  const late = createLateLocation('drive', async () =>
    createDriveLocation({
      ...options,
      ...{ root: await root(), known: await loadTraits(noteFile), papers: await options.papers() },
    }),
  );
  const note = async () => saveTraits(noteFile, await readDriveTraits(await root(), homes));
  return {
    ...late,
    async prepare(marks, signal) {
      await late.prepare(marks, signal);
      await note();
    },
    async putMutable(name, content, signal) {
      await late.putMutable(name, content, signal);
      if (name === 'location.json') await note();
    },
  };
}

/**
 * Null where nothing was noted, or the note is damaged: then less is claimed of the drive. A note that cannot be read
 * just now is asked for again: without it a copy of the drive would pass for the drive.
 */
async function loadTraits(file: string): Promise<DriveTraits | null> {
  try {
    const { isMountPoint, isApart, ids } = JSON.parse(await readFile(file, 'utf8')) as DriveTraits;
    return { isMountPoint: isMountPoint === true, isApart: isApart === true, ids: { ...ids } };
  } catch (error) {
    if (codeOf(error) === 'ENOENT' || error instanceof SyntaxError) return null;
    throw translateError(error, { operation: 'read what is noted of the drive in', object: file });
  }
}

async function saveTraits(file: string, traits: DriveTraits): Promise<void> {
  try {
    await mkdir(dirname(file), { recursive: true, mode: 0o700 });
    const draft = `${file}.${randomBytes(4).toString('hex')}`;
    await writeFile(draft, `${JSON.stringify(traits)}\n`, { flush: true });
    await rename(draft, file);
  } catch (error) {
    throw translateError(error, { operation: 'note the drive in', object: file });
  }
}
