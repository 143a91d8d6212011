/** A version of a video, as far as its camera says when and by what it was shot. */
export interface ShotVersion {
  readonly video: string;
  readonly title: string;
  /** The file's name as it came. */
  readonly name: string;
  /** By the camera's clock; an edit keeps it. */
  readonly recordedAtMs: number;
  readonly cameraMake: string | null;
  readonly cameraModel: string | null;
}

/** Two videos that seem to be one: `from` the edit, `into` what it was made of. */
export interface EditSuggestion {
  readonly from: string;
  readonly into: string;
  readonly fromTitle: string;
  readonly intoTitle: string;
}

/** A phone gives whole seconds at one place and parts of them at another. */
const sameMomentMs = 2000;

/**
 * Finds an iPhone's edits, `IMG_E1234` beside `IMG_1234`, by the time they were shot and the camera. Names alone say
 * nothing, as phones count from 0001 again and again; so this is a suggestion, and the owner decides.
 */
export function suggestEdits(versions: readonly ShotVersion[]): readonly EditSuggestion[] {
  const originals = Map.groupBy(versions, ({ name }) => /^img_(\d{4,})\./i.exec(name)?.[1] ?? '');
  const found = new Map<string, EditSuggestion>();
  for (const edit of versions) {
    const number = /^img_e(\d{4,})\./i.exec(edit.name)?.[1];
    const original = originals.get(number ?? '-')?.find((one) => isOfOneShot(edit, one));
    if (original === undefined || found.has(edit.video)) continue;
    const [from, into] = [edit.video, original.video];
    found.set(from, { from, into, fromTitle: edit.title, intoTitle: original.title });
  }
  return [...found.values()];
}

function isOfOneShot(edit: ShotVersion, original: ShotVersion): boolean {
  return (
    edit.video !== original.video &&
    Math.abs(edit.recordedAtMs - original.recordedAtMs) <= sameMomentMs &&
    edit.cameraMake === original.cameraMake &&
    edit.cameraModel === original.cameraModel
  );
}
