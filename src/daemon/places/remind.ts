import { dueReminders } from '#core/place-reminder.ts';
import type { Catalogue } from '#core/ports/catalogue.ts';
import type { Clock } from '#core/ports/clock.ts';
import type { Log } from '#core/ports/log.ts';
import { remindDays } from '#core/settings.ts';
import type { PlaceBook } from './place-book.ts';

/**
 * Notes which places were not seen for too long, for the page; each is said in the log once, until it was there again,
 * over restarts too.
 */
export function remindOfUnseen({
  book,
  catalogue,
  clock,
  log,
}: {
  readonly book: PlaceBook;
  readonly catalogue: Catalogue;
  readonly clock: Clock;
  readonly log: Log;
}): void {
  const places = book
    .list()
    .map(({ settings }) => ({ settings, condition: book.condition(settings.location) }));
  const due = dueReminders(places, remindDays(catalogue.archive.setting), clock.nowMs());
  for (const { settings, condition } of places) {
    const before = condition.reminder ?? null;
    const reminder = due.get(settings.location) ?? null;
    if (before?.days === reminder?.days && before?.of === reminder?.of) continue;
    book.note(settings.location, { reminder });
    if (before === null)
      log.warn({ place: settings.name, days: reminder?.days }, 'A place was not seen for longer than usual.');
  }
}
