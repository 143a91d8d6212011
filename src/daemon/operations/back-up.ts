import { describeError, isReelholdError } from '#core/errors.ts';
import type { Catalogue } from '#core/ports/catalogue.ts';
import type { CatalogueBackups } from '#core/ports/catalogue-backups.ts';
import type { Clock } from '#core/ports/clock.ts';
import type { Log } from '#core/ports/log.ts';
import type { Handler } from '#daemon/worker.ts';

/**
 * Checks the catalogue and keeps it as the backup of the day. A damaged one is said, on the page too, and is set
 * aside when it is opened the next time: it never becomes a backup.
 */
export function createBackUp(deps: {
  readonly backups: CatalogueBackups;
  readonly catalogue: Catalogue;
  readonly clock: Clock;
  readonly log: Log;
  readonly localDay: (atMs: number) => string;
}): Handler {
  const { backups, catalogue, clock, log } = deps;

  const noteDamage = (error: unknown) => {
    log.error(
      { error: describeError(error) },
      'The catalogue is damaged, and was not backed up. When it is opened the next time it is set aside and made again from the vault.',
    );
    catalogue.notes.setCondition('catalogue', { state: 'damaged' }, clock.nowMs());
  };

  return async (_operation, { signal }) => {
    try {
      const { kind, name } = await backups.make(deps.localDay(clock.nowMs()), signal);
      catalogue.notes.setCondition('catalogue', { state: 'good' }, clock.nowMs());
      if (kind === 'unchanged') return `unchanged since ${name}`;
      log.info({ backup: name }, 'The catalogue was checked and backed up.');
      return name;
    } catch (error) {
      if (isReelholdError(error, 'corrupt')) noteDamage(error);
      throw error;
    }
  };
}
