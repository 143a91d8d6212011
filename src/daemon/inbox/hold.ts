import { mkdir, readdir, rename, rmdir, unlink } from 'node:fs/promises';
import { parseDigest } from '#core/digest.ts';
import { codeOf, describeError, translateError } from '#core/errors.ts';
import { decodeName, displayName } from '#core/file-name.ts';
import { planClear } from '#core/plan-clear.ts';
import type { Catalogue, Hold } from '#core/ports/catalogue.ts';
import type { Clock } from '#core/ports/clock.ts';
import type { Log } from '#core/ports/log.ts';
import { contentFingerprint, type Quiet, settle } from '#core/settle.ts';
import type { Intake } from '#daemon/intake/intake.ts';
import { holdFolder } from './hold-path.ts';
import { inboxBytes, statInboxFile } from './walk.ts';

export interface HoldDeps {
  readonly inbox: string;
  readonly root: string;
  readonly catalogue: Catalogue;
  readonly intake: Intake;
  readonly clock: Clock;
  readonly log: Log;
  readonly location: string;
  readonly quietMs: number;
  readonly newId: () => string;
}

/** The place inside an inbox where originals wait a day between being taken and being removed. */
export interface HoldKeeper {
  /** Moves an original that is in the archive into the hold. */
  place(hold: Hold): Promise<void>;
  /**
   * Looks at every original that waits: takes again what was written to, removes what may go. Gives the ms
   * until it should look again because a writer was seen; null where only time matters.
   */
  check(options: { readonly spaceIsShort: boolean; readonly signal: AbortSignal }): Promise<number | null>;
}

export function createHoldKeeper(deps: HoldDeps): HoldKeeper {
  const { root, inbox, catalogue, clock, log } = deps;
  const writers = new Map<string, Quiet>();

  const check: HoldKeeper['check'] = async ({ spaceIsShort, signal }) => {
    await adoptUnknown();
    let lookAgainMs: number | null = null;
    for (const hold of catalogue.holds.list(inbox)) {
      if (signal.aborted) break;
      const waitMs = await checkOne(hold, spaceIsShort, signal);
      if (waitMs !== null) lookAgainMs = Math.min(waitMs, lookAgainMs ?? waitMs);
    }
    return lookAgainMs;
  };

  async function checkOne(hold: Hold, spaceIsShort: boolean, signal: AbortSignal): Promise<number | null> {
    const stat = await statInboxFile(root, hold.heldPath);
    if (stat === null) {
      catalogue.holds.remove(hold.id);
      return null;
    }
    if (contentFingerprint(stat) !== hold.fingerprint) {
      const now = clock.monotonicMs();
      const quiet = settle(writers.get(hold.id), stat, now, deps.quietMs);
      writers.set(hold.id, quiet);
      if (!quiet.settled) return Math.max(0, (quiet.lookAgainAtMs ?? now + deps.quietMs) - now);
      writers.delete(hold.id);
      await takeAgain(hold, stat.sizeBytes, signal);
      return null;
    }
    const copy = catalogue.archive.copy(hold.digest, deps.location);
    const decision = planClear(
      {
        heldAtMs: hold.heldAtMs,
        provenAtMs: copy?.provenAtMs ?? null,
        copyPresent: copy?.state === 'present',
      },
      clock.nowMs(),
      spaceIsShort,
    );
    if (decision === 'remove') await remove(hold);
    if (decision === 'prove-first') askForProof();
    return null;
  }

  /** A writer that had stalled went on after the file was taken: its bytes are the next version. */
  async function takeAgain(hold: Hold, sizeBytes: number, signal: AbortSignal): Promise<void> {
    try {
      await deps.intake.take({
        source: { path: `${root}/${hold.heldPath}`, within: root },
        continues: hold.video === '' ? null : hold.video,
        sizeBytes,
        signal,
        alsoRecord: ({ digest, outcome, staged }) => {
          catalogue.holds.remove(hold.id);
          catalogue.holds.add({
            ...hold,
            digest,
            video: outcome.video,
            sizeBytes: staged.sizeBytes,
            fingerprint: contentFingerprint(staged.stat),
            heldAtMs: clock.nowMs(),
          });
        },
      });
      log.info(
        { file: displayName(hold.path) },
        'A file went on being written after it was taken; it was taken again.',
      );
    } catch (error) {
      log.warn(
        { file: displayName(hold.path), error: describeError(error) },
        'A held original could not be taken again yet.',
      );
    }
  }

  async function remove(hold: Hold): Promise<void> {
    await unlink(inboxBytes(root, hold.heldPath));
    await removeEmpty(hold.heldPath.slice(0, hold.heldPath.lastIndexOf('/')));
    catalogue.holds.remove(hold.id);
  }

  function askForProof(): void {
    const nowMs = clock.nowMs();
    catalogue.operations.insert(
      { kind: 'prove', lane: 'vault', subject: deps.location, notBeforeMs: nowMs },
      nowMs,
    );
  }

  async function removeEmpty(folder: string): Promise<void> {
    try {
      await rmdir(inboxBytes(root, folder));
    } catch (error) {
      if (codeOf(error) !== 'ENOTEMPTY' && codeOf(error) !== 'ENOENT') throw error;
    }
  }

  /** Files in the hold that no row knows (a crash, a lost catalogue) are taken again before they may ever go. */
  async function adoptUnknown(): Promise<void> {
    const known = new Set(catalogue.holds.list(inbox).map((hold) => hold.heldPath));
    for (const id of await list(holdFolder)) {
      for (const name of await list(`${holdFolder}/${id}`)) {
        const heldPath = `${holdFolder}/${id}/${name}`;
        const stat = known.has(heldPath) ? null : await statInboxFile(root, heldPath);
        if (stat === null) continue;
        await takeUnknown({ heldPath, name, sizeBytes: stat.sizeBytes });
      }
    }
  }

  async function takeUnknown(found: { heldPath: string; name: string; sizeBytes: number }): Promise<void> {
    const hold = {
      id: deps.newId(),
      inbox,
      path: found.name,
      heldPath: found.heldPath,
      video: '',
      sizeBytes: found.sizeBytes,
      fingerprint: '',
      heldAtMs: clock.nowMs(),
    };
    await takeAgain({ ...hold, digest: emptyDigest }, found.sizeBytes, new AbortController().signal);
  }

  async function list(folder: string): Promise<string[]> {
    try {
      return (await readdir(inboxBytes(root, folder), { encoding: 'buffer' })).map(decodeName);
    } catch (error) {
      if (['ENOENT', 'ENOTDIR'].includes(codeOf(error) ?? '')) return [];
      throw translateError(error, { operation: 'list', object: folder, side: 'source' });
    }
  }

  return {
    check,
    async place(hold) {
      try {
        await mkdir(inboxBytes(root, hold.heldPath.slice(0, hold.heldPath.lastIndexOf('/'))), {
          recursive: true,
        });
        await rename(inboxBytes(root, hold.path), inboxBytes(root, hold.heldPath));
      } catch (error) {
        throw translateError(error, {
          operation: 'move to the hold',
          object: displayName(hold.path),
          side: 'source',
        });
      }
    },
  };
}

/** The digest of no bytes: stands for "not known yet", as files of zero bytes are never taken. */
const emptyDigest = parseDigest('sha256:e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855');
