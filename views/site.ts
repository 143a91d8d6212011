import type { Formats } from './formats.ts';
import type { Words } from './locales/en.ts';

/** What every view needs to know besides its own facts. */
export interface Site {
  /** '' or a path that begins with a slash and does not end with one. */
  readonly basePath: string;
  /** The address of a file of `/assets`, which changes whenever the file does. */
  readonly asset: (name: string) => string;
  readonly words: Words;
  readonly formats: Formats;
  /** The time at which the page is made, ms. */
  readonly nowMs: number;
  readonly version: string;
}
