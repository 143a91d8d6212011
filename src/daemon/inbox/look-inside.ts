import { isReelholdError, ReelholdError } from '#core/errors.ts';
import { examineContent } from '#core/examination/examine-content.ts';
import { companionBytes, isBusyDate, isMarkedBusy } from '#core/examination/finder-mark.ts';
import { type Flaw, follow } from '#core/examination/reading.ts';
import { displayName } from '#core/file-name.ts';
import type { ListedHash } from '#core/hash-list.ts';
import type { HoldBackCause } from '#core/hold-back.ts';
import type { SourceFiles } from '#core/ports/source-files.ts';
import { fingerprint } from '#core/settle.ts';
import type { FolderNames } from './folder-names.ts';
import type { ListedFiles } from './listed-files.ts';
import type { InboxFile } from './walk.ts';

/** What there is to look at for who judges a settled file. */
export interface LookInsideDeps {
  readonly root: () => string;
  readonly files: SourceFiles;
  readonly names: FolderNames;
  readonly listed: ListedFiles;
}

/** What a look into a file, and at what lies around it, comes to. */
export interface Findings {
  /** Why nobody would take it yet who could wait; null for none. */
  readonly cause: HoldBackCause | null;
  /** The hash that a list names for it. */
  readonly expects: ListedHash | null;
}

/** Fails with a `ReelholdError` where the file is gone, has changed, or cannot be read. */
export async function lookInside(deps: LookInsideDeps, file: InboxFile): Promise<Findings> {
  const own = await lookAtFile(deps, file);
  const list = await deps.listed.of(file.path);
  const expects = list?.kind === 'named' ? list.expects : null;
  if (own !== null) return { cause: own, expects };
  if (list?.kind === 'unread') return { cause: { kind: 'unread-list' }, expects };
  if (list !== null && list.missing > 0) return { cause: { kind: 'list', missing: list.missing }, expects };
  return { cause: null, expects };
}

/** What the file itself, and the Finder's companion beside it, say. */
async function lookAtFile(deps: Places, file: InboxFile): Promise<HoldBackCause | null> {
  const { flaw, isBusy } = await lookAtContent(deps, file);
  if (isBusy || (await hasBusyCompanion(deps, file.path))) return { kind: 'finder', flaw };
  return flaw === null ? null : { kind: 'flaw', flaw };
}

type Places = Pick<LookInsideDeps, 'root' | 'files' | 'names'>;

/** As `lookInside`, of the file alone. */
export async function lookAtContent(
  { root, files }: Pick<Places, 'root' | 'files'>,
  file: InboxFile,
): Promise<{ flaw: Flaw | null; isBusy: boolean }> {
  await using source = await files.open({ path: `${root()}/${file.path}`, within: root() });
  const object = displayName(file.path);
  const facts = { operation: 'look into', object, side: 'source' } as const;
  if (source === null) throw new ReelholdError({ ...facts, kind: 'missing' }, 'it is not there');
  if (fingerprint(source.stat) !== fingerprint(file.stat)) {
    throw new ReelholdError({ ...facts, kind: 'changed' }, 'it changed after it had settled');
  }
  const { sizeBytes, blocks } = source.stat;
  const content = { sizeBytes, hasHole: hasHole(sizeBytes, blocks) };
  const flaw = await follow(examineContent(content), (range) => source.read(range));
  return { flaw, isBusy: source.createdAtMs !== null && isBusyDate(source.createdAtMs) };
}

/** `stat` counts blocks of 512 bytes, whatever the file system's own are. */
function hasHole(sizeBytes: number, blocks: bigint): boolean {
  return Number(blocks) * 512 < sizeBytes;
}

async function hasBusyCompanion({ root, files, names }: Places, path: string): Promise<boolean> {
  const nameAt = path.lastIndexOf('/') + 1;
  const name = `._${path.slice(nameAt)}`;
  if (!(await names.in(path.slice(0, Math.max(0, nameAt - 1)))).has(name)) return false;
  const beside = `${path.slice(0, nameAt)}${name}`;
  await using companion = await files
    .open({ path: `${root()}/${beside}`, within: root() })
    .catch((error: unknown) => {
      if (isReelholdError(error, 'denied')) return null;
      throw error;
    });
  return companion !== null && isMarkedBusy(await companion.read({ at: 0, length: companionBytes }));
}
