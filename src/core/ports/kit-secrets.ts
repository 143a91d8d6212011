/** A password of a place, for the kit. */
export interface KitPassword {
  readonly name: string;
  readonly password: string;
}

/** What a recovery kit needs that stands nowhere else. What it gives is written to the kit alone, and never to a log. */
export interface KitSecrets {
  /** The configuration of rclone for these places, whole: with it and rclone alone each can be read. */
  exportConfig(names: readonly string[]): Promise<string>;
  passwords(names: readonly string[]): Promise<readonly KitPassword[]>;
}
