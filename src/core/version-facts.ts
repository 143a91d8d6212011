import type { Role, VersionFacts } from '#core/journal-record.ts';
import type { TakenFile } from '#core/plan-intake.ts';

/** The record of a version that a file becomes. */
export function versionFactsOf(
  file: TakenFile,
  is: { readonly video: string; readonly version: string; readonly number: number; readonly role: Role },
): VersionFacts {
  return {
    kind: 'version',
    version: is.version,
    video: is.video,
    number: is.number,
    digest: file.digest,
    sizeBytes: file.sizeBytes,
    ext: file.ext,
    name: file.name.toWellFormed(),
    ...(file.nameBase64 === null ? {} : { nameBase64: file.nameBase64 }),
    role: is.role,
    ...(file.modifiedAtMs === null ? {} : { modifiedAt: new Date(file.modifiedAtMs).toISOString() }),
    how: file.how,
    ...(file.damaged == null ? {} : { damaged: file.damaged }),
  };
}
