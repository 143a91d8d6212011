import { placeInProject } from '#core/belonging.ts';
import { encodeName, isUtf8Name, splitExtension } from '#core/file-name.ts';
import { type IntakePlan, planIntake, type TakenFile } from '#core/plan-intake.ts';
import { digestOf } from '#tests/support/digests.ts';
import type { ModelArchive } from '#tests/support/model-archive.ts';

/** When everything is taken. */
export const nowMs = Date.UTC(2026, 10, 22, 18);

/** A file as intake describes it once its bytes stand in staging; the bytes are any text. */
export function file(name: string, bytes: string, change: Partial<TakenFile> = {}): TakenFile {
  return {
    digest: digestOf(bytes),
    ext: splitExtension(name).ext,
    sizeBytes: bytes.length,
    name,
    nameBase64: isUtf8Name(name) ? null : Buffer.from(encodeName(name)).toString('base64'),
    modifiedAtMs: null,
    day: '2026-11-22',
    continues: null,
    how: 'taken',
    ...change,
  };
}

/** A file as intake describes it that came below a folder of an inbox of projects. */
export function projectFile(path: string, bytes: string, change: Partial<TakenFile> = {}): TakenFile {
  const parts = path.split('/');
  const [name = '', folder = ''] = [parts.at(-1), parts[0]];
  const place = placeInProject(parts.slice(1, -1).join('/'), name);
  return file(name, bytes, {
    belongs: { kind: 'project', key: `/inbox/${folder}`, folder, ...place },
    ...change,
  });
}

/** Ids in the order in which they are asked for. */
export function countedIds(name = 'id'): () => string {
  let last = 0;
  return () => {
    last += 1;
    return `${name}-${last}`;
  };
}

/** Plans one batch after the other, each applied before the next; gives the plans. */
export function takeAll(
  archive: ModelArchive,
  batches: readonly (readonly TakenFile[])[],
  newId = countedIds(),
): IntakePlan[] {
  return batches.map((files) => {
    const plan = planIntake(files, archive, newId, nowMs);
    archive.apply(plan.drafts, nowMs);
    return plan;
  });
}
