import type { Catalogue } from '#core/ports/catalogue.ts';

/** What earlier versions, which knew one inbox only, called it in rows. */
const formerName = 'inbox';

/**
 * Gives the rows of earlier versions the name of the folder that they were written about, whatever the setting says
 * now: they noted it themselves. Where they did not, it can only be the first. What nobody looks at any more, as its
 * inbox is not set, stops waiting; what was taken from there is remembered, in case that it comes back.
 */
export function nameInboxes(catalogue: Catalogue, inboxes: readonly [string, ...string[]]): void {
  const { notes, sightings, holds } = catalogue;
  catalogue.together(() => {
    const former = notes.condition(`inbox:${formerName}`);
    const name = former?.root ?? inboxes[0];
    sightings.renameInbox(formerName, name);
    holds.renameInbox(formerName, name);
    notes.dropCondition(`inbox:${formerName}`);
    sightings.forgetOpen(inboxes);
  });
}
