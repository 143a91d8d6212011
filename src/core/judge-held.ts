import type { Assessment } from '#core/assess.ts';

/** What the archive says of the bytes of a file that stands somewhere else. */
export interface HeldJudgement {
  readonly state: 'proven' | 'held' | 'not-held';
  /** At how many places they were read back in time; places that count as one have one. */
  readonly places: number;
  /** The file may be deleted where it stands: the policy calls its bytes safe without it. */
  readonly mayGo: boolean;
}

/**
 * Judges bytes by the verdicts on all that the archive holds them as: none where it does not hold them. The worst
 * counts, as somebody who deletes the file loses all of it.
 */
export function judgeHeld(assessments: readonly Pick<Assessment, 'verdict' | 'proven'>[]): HeldJudgement {
  if (assessments.length === 0) return { state: 'not-held', places: 0, mayGo: false };
  const places = Math.min(...assessments.map(({ proven }) => proven));
  const mayGo = places > 0 && assessments.every(({ verdict }) => verdict === 'safe');
  return { state: places > 0 ? 'proven' : 'held', places, mayGo };
}

/** What was found out about one file of a folder that is checked. */
export type CheckFinding =
  | { readonly kind: 'judged'; readonly judgement: HeldJudgement }
  /** It stands in a copy of an archive: what makes other files safe is not deleted for being held. */
  | { readonly kind: 'own-copy' }
  /** It could not be read, or changed meanwhile, so that nothing is known of it. */
  | { readonly kind: 'unreadable'; readonly detail: string };

/** What comes of a file: it may be deleted, it has to be brought into the archive, or it stays for now. */
export type CheckAdvice = 'may-go' | 'bring' | 'stays';

export function adviseOn(finding: CheckFinding): CheckAdvice {
  if (finding.kind !== 'judged') return 'stays';
  if (finding.judgement.mayGo) return 'may-go';
  return finding.judgement.state === 'not-held' ? 'bring' : 'stays';
}

/** Files a system makes for itself wherever it looks; nobody misses them (any case). */
const systemFiles: ReadonlySet<string> = new Set([
  ...['.ds_store', '.localized', '.apdisk', '.volumeicon.icns', 'thumbs.db', 'ehthumbs.db', 'desktop.ini'],
  ...['indexervolumeguid', 'wpsettings.dat', 'icon\r'],
]);

/** Folders of nothing but a system's own lists. */
const systemFolders: ReadonlySet<string> = new Set([
  ...['.spotlight-v100', '.fseventsd', '.documentrevisions-v100', 'system volume information', '@eadir'],
]);

/** Whether a file of that name is a system's own, and holds nothing of anybody's. */
export function isSystemFile(name: string): boolean {
  const folded = name.toLowerCase();
  return systemFiles.has(folded) || folded.startsWith('._');
}

/** Whether a folder of that name holds nothing but a system's own files. Recycle bins hold people's. */
export function isSystemFolder(name: string): boolean {
  return systemFolders.has(name.toLowerCase());
}
