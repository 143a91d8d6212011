/** What came of a backup: `unchanged` where the newest backup holds the same. */
export type BackupOutcome =
  | { readonly kind: 'made'; readonly name: string }
  | { readonly kind: 'unchanged'; readonly name: string };

/** Copies of the catalogue that stand beside it. */
export interface CatalogueBackups {
  /**
   * Checks the whole catalogue, and keeps it as the backup of that local day (`YYYY-MM-DD`): whole, flushed and read
   * again, or not at all. A damaged catalogue never becomes a backup: that fails as `corrupt`, and the next opening
   * knows of it. No backup goes before a newer one stands.
   */
  make(day: string, signal: AbortSignal): Promise<BackupOutcome>;
}
