import { describe, expect, it } from 'vitest';
import { ownerOf, recentProjectMs, type Sign, type SignKind, signOf } from '#core/inbox-owner.ts';

const nowMs = Date.UTC(2026, 10, 22);
const sign = (kind: SignKind, path: string, ageMs = 0): Sign => ({ kind, path, changedAtMs: nowMs - ageMs });

describe('a name in an inbox', () => {
  it.each([
    ['.stfolder', 'syncthing'],
    ['.STFOLDER', 'syncthing'],
    ['.sync', 'sync'],
    ['.dropbox', 'sync'],
    ['.SynologyWorkingDirectory', 'sync'],
    ['.sync_1a2b3c4d5e6f.db', 'sync'],
    ['._sync_1a2b3c4d5e6f.db', 'sync'],
    ['.owncloudsync.log', 'sync'],
  ])('%s is a sign of another program (%s)', (name, kind) => {
    expect(signOf(name)).toBe(kind);
  });

  it.each([
    ['Cut.PRPROJ', 'project'],
    ['Library.fcpbundle', 'project'],
    ['CurrentVersion.flexolibrary', 'project'],
    ['cut.drp', 'project'],
    ['cut.fcpxml', 'project'],
    ['Films.imovielibrary', 'project'],
    ['cut.aep', 'project'],
    ['cut.veg', 'project'],
    ['cut.kdenlive', 'project'],
    ['cut.mlt', 'project'],
    ['draft_content.json', 'project'],
    ['draft_info.json', 'project'],
    ['cut.prlock', 'lock'],
    ['Bin 1.lck', 'lock'],
    ['.~lock.shots.ods#', 'lock'],
  ])('%s is a sign of an editor at work (%s)', (name, kind) => {
    expect(signOf(name)).toBe(kind);
  });

  it.each([
    ...['clip.mp4', '.DS_Store', '.reelhold-hold', '@eaDir', '._cut.prproj', '._cut.prlock', '.prlock'],
    ...['prproj', '.prproj', 'stfolder', 'content.json', 'my draft_content.json', 'lock', ''],
  ])('%j is no sign of anything', (name) => {
    expect(signOf(name)).toBeNull();
  });
});

describe('an inbox', () => {
  const old = sign('project', 'old.prproj', recentProjectMs);

  it.each<[string, readonly Sign[], ReturnType<typeof ownerOf>]>([
    ['nothing', [], null],
    ['a project that rests', [old], null],
    [
      'a project that was worked on lately',
      [old, sign('project', 'new.prproj', recentProjectMs - 1)],
      { by: 'project-recent', path: 'new.prproj' },
    ],
    [
      'a project of the future, as a wrong clock makes it',
      [sign('project', 'cut.prproj', -recentProjectMs)],
      { by: 'project-recent', path: 'cut.prproj' },
    ],
    [
      'an open project, however old',
      [old, sign('lock', 'old.prlock', 10 * recentProjectMs)],
      { by: 'project-open', path: 'old.prlock' },
    ],
    [
      'a sync program’s mark, however old, before all else',
      [
        sign('lock', 'cut.prlock'),
        sign('sync', '.sync', 10 * recentProjectMs),
        sign('syncthing', '.stfolder'),
      ],
      { by: 'syncthing', path: '.stfolder' },
    ],
  ])('with %s is whose it should be', (_, signs, owner) => {
    expect(ownerOf(signs, nowMs)).toEqual(owner);
  });
});
