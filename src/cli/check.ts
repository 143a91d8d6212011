import { realpath } from 'node:fs/promises';
import { dirname, isAbsolute, resolve, sep } from 'node:path';
import { openForReading } from '#catalogue/database.ts';
import { createHeldQueries } from '#catalogue/held-queries.ts';
import { systemClock as clock } from '#clock.ts';
import type { Config } from '#config.ts';
import { isReelholdError, ReelholdError, translateError } from '#core/errors.ts';
import { decodeName, displayName, encodeName } from '#core/file-name.ts';
import { adviseOn, type CheckAdvice } from '#core/judge-held.ts';
import { type CheckedFile, checkFolder, measureFolder } from '#daemon/check/check-folder.ts';
import { hashFile } from '#store/hash-file.ts';
import { argumentPaths } from './arguments.ts';
import { type CheckConclusion, createCheckReport } from './check-report.ts';
import { exitCodes } from './exit-codes.ts';
import { createPathList, type PathList } from './path-list.ts';
import { createProgressLine } from './progress.ts';

export interface CheckAsked {
  readonly deleteList?: string;
  readonly bringList?: string;
  /** The lists end each path with NUL instead of a line break. */
  readonly isNul: boolean;
  readonly json: boolean;
}

/**
 * Says of each file in a folder whether the archive holds it, by its bytes, and whether it may be deleted there; needs
 * nothing but the catalogue, and changes nothing. 0 where all may go, 3 where not, 4 where the folder or the catalogue
 * could not be asked.
 */
export async function runCheck(config: Config, folder: string, asked: CheckAsked): Promise<number> {
  const stop = new AbortController();
  process.once('SIGINT', () => stop.abort());
  const root = await findFolder(folder);
  requireApart(root, asked);
  using database = openForReading(config.catalogueFile);
  if (database === null) throw noCatalogue(config);
  const held = createHeldQueries(database, clock.nowMs);
  await using stack = new AsyncDisposableStack();
  const lists = await openLists(asked, stack);
  const report = createCheckReport({ json: asked.json, root, write: (text) => process.stdout.write(text) });
  const total = await measureFolder(root, stop.signal);
  const line = createProgressLine(total, process.stderr, clock.monotonicMs);
  const done = { files: 0, bytes: 0 };
  const onFile = async (file: CheckedFile) => {
    done.files += 1;
    done.bytes += file.sizeBytes;
    line.clear();
    report.tell(file);
    const list = lists[adviseOn(file.finding)];
    if (list !== undefined && !(await list.add(joinPath(root, file.path)))) report.tellUnlisted(file.path);
  };
  await checkFolder(
    root,
    { hashFile, heldSizes: held.sizes(), assessments: held.assessments },
    {
      signal: stop.signal,
      onFile,
      onPassedOver: report.passOver,
      onProgress: (bytes) => line.update({ files: done.files, bytes: done.bytes + bytes }),
    },
  );
  line.clear();
  if (report.unreadable > 0) await measureTop(root, stop.signal);
  return codes[report.conclude()];
}

/** A folder without a file says nothing: a card that is not connected looks like that. */
const codes: Readonly<Record<CheckConclusion, number>> = {
  'all-may-go': exitCodes.done,
  'not-all': exitCodes.notAllProven,
  nothing: exitCodes.notReachable,
};

/** A card that was pulled in the middle is not there: that is another answer than files that cannot be read. */
async function measureTop(root: string, signal: AbortSignal): Promise<void> {
  await measureFolder(root, signal).catch((error: unknown) => {
    throw asUnreachable(error, root);
  });
}

/** The folder's own path, byte for byte, whatever links led to it. */
async function findFolder(folder: string): Promise<string> {
  const [path = folder] = argumentPaths([folder]);
  const named = isAbsolute(path) ? path : resolve(path);
  try {
    return decodeName(await realpath(Buffer.from(encodeName(named)), { encoding: 'buffer' }));
  } catch (error) {
    throw asUnreachable(error, named);
  }
}

function asUnreachable(error: unknown, folder: string): ReelholdError {
  const object = displayName(folder);
  const cause = translateError(error, { operation: 'look through', object });
  if (!isReelholdError(cause, 'missing')) return cause;
  const hint = 'If it is on a card or a drive, connect it again.';
  return new ReelholdError(
    { kind: 'unreachable', operation: 'look through', object, hint },
    'it is not there',
    { cause },
  );
}

/** A list inside the folder would be a change to it. */
function requireApart(root: string, { deleteList, bringList }: CheckAsked): void {
  for (const list of [deleteList, bringList]) {
    if (list === undefined || !`${dirname(resolve(list))}${sep}`.startsWith(`${root}${sep}`)) continue;
    const hint = 'Nothing is written to the folder that is checked.';
    const facts = { kind: 'unsupported', operation: 'write the list', object: list, hint } as const;
    throw new ReelholdError(facts, 'it would be inside the folder; name one outside');
  }
}

async function openLists(
  { deleteList, bringList, isNul }: CheckAsked,
  stack: AsyncDisposableStack,
): Promise<Partial<Record<CheckAdvice, PathList>>> {
  const open = async (file: string | undefined) =>
    file === undefined ? undefined : stack.use(await createPathList(file, { isNul }));
  const [mayGo, bring] = [await open(deleteList), await open(bringList)];
  return { ...(mayGo === undefined ? {} : { 'may-go': mayGo }), ...(bring === undefined ? {} : { bring }) };
}

function joinPath(root: string, path: string): string {
  return path === '' ? root : `${root === sep ? '' : root}${sep}${path}`;
}

function noCatalogue({ catalogueFile }: Config): ReelholdError {
  const hint = 'Without it nobody knows what is held, so that nothing may be deleted.';
  return new ReelholdError(
    { kind: 'unreachable', operation: 'ask the catalogue', object: catalogueFile, hint },
    'there is none yet',
  );
}
