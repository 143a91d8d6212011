import type { StreamHash } from '#core/same-streams.ts';

/** What a video says of itself; null is "it does not say" or "what it says cannot be". */
export interface MediaFacts {
  /** As people call it: `mp4`, `mov`, `webm`, `mpegts` … */
  readonly container: string;
  readonly durationMs: number | null;
  /** As stored, in pixels: before `rotationDegrees` is applied (`shownSize` applies it). */
  readonly width: number | null;
  readonly height: number | null;
  /** Clockwise, to show it upright; null where there is no picture. */
  readonly rotationDegrees: 0 | 90 | 180 | 270 | null;
  readonly videoCodec: string | null;
  readonly audioCodec: string | null;
  /** Frames a second. */
  readonly frameRate: number | null;
  /** By the camera's clock. */
  readonly recordedAtMs: number | null;
  /** Whose camera or phone it is, as it calls itself: `Apple`, `iPhone 15 Pro`. */
  readonly cameraMake?: string | null;
  readonly cameraModel?: string | null;
}

/** The bytes are damaged, or nothing that can be read; `detail` is one line for people. */
export interface Unreadable {
  readonly kind: 'unreadable';
  readonly detail: string;
}

/** The machine lacks the tool: says nothing about the video, so ask again when it is there. */
interface ToolUnavailable {
  readonly kind: 'unavailable';
  readonly tool: string;
}

export type ProbeOutcome =
  | { readonly kind: 'facts'; readonly facts: MediaFacts }
  | Unreadable
  | ToolUnavailable;

export type PosterOutcome = { readonly kind: 'made' } | Unreadable | ToolUnavailable;

export type StreamsOutcome =
  | { readonly kind: 'hashes'; readonly hashes: readonly StreamHash[] }
  | Unreadable
  | ToolUnavailable;

/** Tells what a video's picture and sound are, whatever wraps them. `file` as for `Media`. */
export interface StreamHasher {
  /** Reads the whole file without decoding it; never opens any other file and never the network. */
  hashStreams(file: string, sizeBytes: number, signal: AbortSignal): Promise<StreamsOutcome>;
}

/**
 * Looks into videos. `file` and `target` are absolute paths that Reelhold made itself. What cannot be
 * opened or written rejects with the file system's error, an abort with the signal's reason.
 */
export interface Media {
  /** Reads the facts without decoding; never opens any other file and never the network. */
  probe(file: string, signal: AbortSignal): Promise<ProbeOutcome>;
  /** Makes an upright WebP, at most 480 px on its longer side; `target` appears whole or not at all. */
  makePoster(file: string, target: string, facts: MediaFacts, signal: AbortSignal): Promise<PosterOutcome>;
}
