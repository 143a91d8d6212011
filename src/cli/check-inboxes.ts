import { access, constants, realpath } from 'node:fs/promises';
import { openForReading } from '#catalogue/database.ts';
import { createQueries } from '#catalogue/queries.ts';
import { systemClock as clock } from '#clock.ts';
import type { Config } from '#config.ts';
import type { InboxCondition } from '#core/conditions.ts';
import { codeOf, describeError } from '#core/errors.ts';
import type { InboxSetting } from '#core/inbox-setting.ts';
import { reachOfFolder } from '#core/mount-info.ts';
import { raiseLimit } from '#core/watching.ts';
import { readMounts } from '#daemon/inbox/mounts.ts';
import { en } from '#views/locales/en.ts';
import { checkFolder, type Finding } from './check-folder.ts';
import { sizeInWords, timeInWords } from './words.ts';

/** Whether each inbox can be used, how it is looked at, and whether its files are left alone. */
export async function checkInboxes(config: Config): Promise<Finding[]> {
  const conditions = readConditions(config);
  const findings = config.inboxes.map(async (inbox, index) => {
    const known = conditions[index] ?? null;
    return [
      ...(await checkAccess(inbox)),
      ...(await checkWatching(inbox, known, config.timeZone)),
      ...checkOwner(inbox, known),
    ];
  });
  return (await Promise.all(findings)).flat();
}

/** What the daemon last found out; nothing where the catalogue cannot be asked, which is a finding of its own. */
function readConditions({ catalogueFile, inboxes }: Config): readonly (InboxCondition | null)[] {
  try {
    using database = openForReading(catalogueFile);
    if (database === null) return [];
    const queries = createQueries(database, clock.nowMs);
    return inboxes.map(({ dir }) => queries.condition(`inbox:${dir}`));
  } catch {
    return [];
  }
}

async function checkAccess({ dir, mode }: InboxSetting): Promise<Finding[]> {
  if (mode === 'consume') return checkFolder('inbox', dir, 'REELHOLD_INBOX');
  try {
    await access(dir, constants.R_OK | constants.X_OK);
    return [{ level: 'good', text: `The inbox ${dir} can be read; its files are left alone.` }];
  } catch (error) {
    const why = codeOf(error) ?? describeError(error);
    return [{ level: 'bad', text: `The inbox ${dir} cannot be read (${why}).` }];
  }
}

async function checkWatching(
  { dir }: InboxSetting,
  known: InboxCondition | null,
  timeZone: string,
): Promise<Finding[]> {
  const root = await realpath(dir).catch(() => null);
  if (root === null) return [];
  const { reach, type } = reachOfFolder(root, await readMounts());
  const watching = reach === 'local' ? (known?.watching ?? null) : { gap: reach, type };
  if (watching === null) return [];
  const lastMs = known?.lastLookedAtMs ?? null;
  const looked = lastMs === null ? '' : ` Last looked through ${timeInWords(lastMs, timeZone)}.`;
  const command = watching.gap === null ? undefined : raiseLimit[watching.gap];
  const hint = command === undefined ? '' : ` On the host: ${command}`;
  const text = `The inbox ${dir}: ${en.arriving.watching(watching)}${looked}${hint}`;
  return [{ level: watching.gap === null ? 'good' : 'note', text }];
}

function checkOwner({ dir }: InboxSetting, known: InboxCondition | null): Finding[] {
  if (known === null || known.forcedBy === null) return [];
  const notice = { kind: 'inbox-kept', urgent: false, inbox: dir, ...known.forcedBy } as const;
  return [{ level: 'note', text: en.notices.words(notice, sizeInWords).what }];
}
