import { readdir, readFile } from 'node:fs/promises';
import { backupFolder } from '#catalogue/backup-file.ts';
import { openForReading } from '#catalogue/database.ts';
import { isSuspected } from '#catalogue/health-suspicion.ts';
import type { Config } from '#config.ts';
import { newestNightly } from '#core/catalogue-files.ts';
import { judgeSpace } from '#core/disk-space.ts';
import { codeOf, describeError, isReelholdError } from '#core/errors.ts';
import { changeNotices } from '#core/overview.ts';
import { needsOwner } from '#core/place-condition.ts';
import { raiseLimit } from '#core/watching.ts';
import { findTools } from '#media/tools.ts';
import { readDiskSpace } from '#store/file-space.ts';
import { programVersion } from '#version.ts';
import { en } from '#views/locales/en.ts';
import { checkFolder, type Finding } from './check-folder.ts';
import { checkInboxes } from './check-inboxes.ts';
import { exitCodes } from './exit-codes.ts';
import { askCatalogue } from './places.ts';
import { counted, sizeInWords } from './words.ts';

/** Looks at everything that commonly goes wrong, and says what to do; 1 where something is bad. */
export async function runDoctor(config: Config): Promise<number> {
  process.stdout.write(
    `reelhold ${programVersion}, Node ${process.version}, user ${process.getuid?.() ?? '?'}:${process.getgid?.() ?? '?'}\n`,
  );
  const findings = (
    await Promise.all([
      checkFolder('config', config.configDir, 'REELHOLD_CONFIG'),
      checkFolder('vault', config.vaultDir, 'REELHOLD_VAULT'),
      config.libraryMode === 'off' ? [] : checkFolder('library', config.libraryDir, 'REELHOLD_LIBRARY'),
      checkInboxes(config),
      checkRoom(config),
      checkChanges(config),
      checkCatalogue(config),
      checkWatches(),
      checkTools(),
      checkPlaces(config),
    ])
  ).flat();
  const marks = { good: 'ok  ', note: 'note', bad: 'BAD ' } as const;
  for (const { level, text } of findings) process.stdout.write(`${marks[level]}  ${text}\n`);
  return findings.some((finding) => finding.level === 'bad') ? exitCodes.failed : exitCodes.done;
}

async function checkRoom({ vaultDir }: Config): Promise<Finding[]> {
  try {
    const space = await readDiskSpace(vaultDir);
    const level = judgeSpace(space);
    const text = `${sizeInWords(space.freeBytes)} of ${sizeInWords(space.totalBytes)} are free in the vault.`;
    if (level === 'enough') return [{ level: 'good', text }];
    return [
      {
        level: level === 'low' ? 'note' : 'bad',
        text: `${text} ${level === 'low' ? 'That is getting low.' : 'Nothing more is taken until there is room.'}`,
      },
    ];
  } catch (error) {
    if (codeOf(error) === 'ENOENT') return [];
    return [
      { level: 'bad', text: `The free space of ${vaultDir} cannot be measured (${describeError(error)}).` },
    ];
  }
}

/** Whether originals stay in the inboxes, as much changed at once when that was last looked at. */
function checkChanges(config: Config): Finding[] {
  try {
    const [changes, space] = askCatalogue(config, (queries) => [
      queries.condition('changes'),
      queries.condition('space'),
    ]) ?? [null, null];
    return changeNotices({ changes, space }).map((notice) => {
      const { what, next } = en.notices.words(notice, sizeInWords);
      return { level: 'bad', text: `${what} ${next}` };
    });
  } catch {
    return []; // that the catalogue cannot be used is said where it is looked at
  }
}

/** The catalogue itself, as far as opening it tells, and its backups. */
async function checkCatalogue({ catalogueFile }: Config): Promise<Finding[]> {
  try {
    using catalogue = openForReading(catalogueFile);
    if (catalogue === null) return [];
    if (isSuspected(catalogueFile)) return [{ level: 'bad', text: damagedText }];
    return [await describeBackups(backupFolder(catalogueFile))];
  } catch (error) {
    if (isReelholdError(error, 'corrupt')) return [{ level: 'bad', text: damagedText }];
    const hint = isReelholdError(error) && error.hint !== undefined ? ` ${error.hint}` : '';
    return [{ level: 'bad', text: `The catalogue cannot be used (${describeError(error)}).${hint}` }];
  }
}

const damagedText =
  'The catalogue is damaged. Stop Reelhold and start it again: it sets the damaged one aside and makes a new one from the vault. No video is touched.';

async function describeBackups(folder: string): Promise<Finding> {
  const newest = newestNightly(await namesIn(folder));
  if (newest === null) {
    return {
      level: 'note',
      text: 'There is no backup of the catalogue yet; Reelhold makes one every night.',
    };
  }
  const text = `The catalogue was last backed up on ${newest.day}; ${counted(newest.count, 'backup is', 'backups are')} in ${folder}.`;
  return { level: 'good', text };
}

async function namesIn(folder: string): Promise<readonly string[]> {
  try {
    return await readdir(folder);
  } catch (error) {
    if (codeOf(error) === 'ENOENT') return [];
    throw error;
  }
}

/** The other places, as they were last seen; what needs the owner is bad, a drive that is away is not. */
function checkPlaces(config: Config): Finding[] {
  try {
    const places = askCatalogue(config, (queries) => queries.places()) ?? [];
    return places.map((place) => {
      const { what, next } = en.places.state(place);
      const presence = place.condition?.presence;
      const isAway = presence?.state === 'away';
      const isBad = isAway && needsOwner(presence.reason) && !place.settings.paused;
      const text = `${place.settings.name}: ${what}${next === '' ? '' : ` ${next}`}`;
      return { level: isBad ? 'bad' : isAway || place.settings.paused ? 'note' : 'good', text };
    });
  } catch (error) {
    return [{ level: 'bad', text: `The other places cannot be asked for (${describeError(error)}).` }];
  }
}

const fewWatches = 8_192;

async function checkWatches(): Promise<Finding[]> {
  try {
    const limit = Number(await readFile('/proc/sys/fs/inotify/max_user_watches', 'utf8'));
    if (limit >= fewWatches) return [{ level: 'good', text: `Up to ${limit} folders can be watched.` }];
    return [
      {
        level: 'note',
        text: `Only ${limit} folders can be watched; what is beyond is looked through every 5 minutes. On the host: ${raiseLimit['watch-limit']}`,
      },
    ];
  } catch {
    return []; // not Linux: there is no such limit to speak of
  }
}

const offWithout = {
  'media-facts': 'no lengths and sizes of pictures',
  posters: 'no pictures on the page',
  remotes: 'no copies away from home',
} as const;

async function checkTools(): Promise<Finding[]> {
  const tools = await findTools();
  return tools.map((tool) =>
    tool.found
      ? { level: 'good', text: `${tool.name} ${tool.version ?? ''} is there.` }
      : {
          level: 'note',
          text: `${tool.name} is missing: ${offWithout[tool.feature]}. On Debian: apt-get install ${tool.name === 'ffprobe' ? 'ffmpeg' : tool.name}`,
        },
  );
}
