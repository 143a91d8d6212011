/** A program of the system that Reelhold uses where it is there. */
export type ToolName = 'ffprobe' | 'ffmpeg' | 'rclone';

/** What is off without the tool. */
export type ToolFeature = 'media-facts' | 'posters' | 'remotes';

export interface ToolReport {
  readonly name: ToolName;
  readonly found: boolean;
  /** As it says itself, such as `5.1.9-0+deb12u1`; null where it is not there or does not say. */
  readonly version: string | null;
  readonly feature: ToolFeature;
}
