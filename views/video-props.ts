import type { CopyFacts, Reason, Verdict } from '#core/assess.ts';
import type { Digest } from '#core/digest.ts';
import type { PartKind, Role } from '#core/journal-record.ts';
import type { MediaFacts } from '#core/ports/media.ts';
import type { SidecarFacts } from '#core/sidecar-facts.ts';

/** A video as the page shows it. */
export interface VideoProps {
  readonly id: string;
  readonly title: string;
  readonly verdict: Verdict;
  readonly reasons: readonly Reason[];
  /** Newest first; none of a project that has nothing final yet. */
  readonly versions: readonly VersionProps[];
  readonly parts: readonly { readonly kind: PartKind; readonly files: number; readonly sizeBytes: number }[];
  /** A part of which there is a still, for a video without versions. */
  readonly picturedPart: Digest | null;
}

/** A file that belongs to a video beside its versions. */
export interface PartProps {
  readonly id: string;
  readonly kind: PartKind;
  readonly name: string;
  readonly path: string | null;
  readonly sizeBytes: number;
  readonly damaged: string | null;
  readonly facts: SidecarFacts | null;
}

export interface VersionProps {
  readonly id: string;
  readonly number: number;
  readonly role: Role;
  readonly digest: Digest;
  readonly sizeBytes: number;
  readonly name: string;
  readonly takenAtMs: number;
  readonly seenAgain: number;
  /** What was wrong with it before it reached us; null where nothing is known to be. */
  readonly damaged: string | null;
  readonly media: ShownFacts | null;
  readonly copies: readonly CopyFacts[];
  /** Versions with the same picture and sound, in another wrapper. */
  readonly twins: readonly TwinProps[];
}

export interface TwinProps {
  readonly version: string;
  readonly number: number;
  readonly video: string;
  readonly title: string;
}

type ShownFacts = Pick<MediaFacts, 'durationMs' | 'width' | 'height' | 'videoCodec' | 'audioCodec'> & {
  readonly container: string | null;
  readonly rotationDegrees: number | null;
  readonly hasPoster: boolean;
  readonly problem: string | null;
};
