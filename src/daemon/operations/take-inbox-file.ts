import { parseInboxFile } from '#core/command.ts';
import { ReelholdError } from '#core/errors.ts';
import type { Inbox } from '#daemon/inbox/inbox.ts';
import type { TakenAnyway } from '#daemon/inbox/take-anyway.ts';
import type { Handler } from '#daemon/worker.ts';

/** Takes a file of an inbox because the owner says so. */
export function createTakeInboxFile(inboxes: readonly Pick<Inbox, 'name' | 'takeAnyway'>[]): Handler {
  return async ({ subject }) => {
    const file = parseInboxFile(subject);
    if (file === null) throw new TypeError('the operation names no file');
    const inbox = inboxes.find(({ name }) => name === file.inbox);
    if (inbox === undefined) throw noInbox(file.inbox);
    const taken: TakenAnyway = await inbox.takeAnyway(file.path);
    return JSON.stringify(taken);
  };
}

function noInbox(name: string): ReelholdError {
  const hint = 'Add it to REELHOLD_INBOX.';
  const facts = { kind: 'unsupported', operation: 'take from', object: name, hint } as const;
  return new ReelholdError(facts, 'it is not an inbox');
}
