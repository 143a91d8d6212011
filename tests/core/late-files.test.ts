import { describe, expect, it } from 'vitest';
import {
  findLate,
  type KnownOfProjects,
  lateSinceMs,
  mayBeLate,
  type OfProject,
  type TakenFrom,
} from '#core/late-files.ts';

const hourMs = 60 * 60_000;
const nowMs = 1_000 * hourMs;

const ofFolder = (folder: string): OfProject => ({
  ...{ kind: 'project', key: `inbox/${folder}`, folder, role: null },
  ...{ partKind: 'raw', path: '' },
});

/** Every file in these folders is a project's now; of Paris nothing was taken yet. */
const known: KnownOfProjects = {
  placeOf(path) {
    const folder = ['Rome', 'Paris', 'DCIM'].find((one) => path.startsWith(`${one}/`));
    return folder === undefined ? null : ofFolder(folder);
  },
  videoOf: ({ key }) => (key === 'inbox/Paris' ? null : `of ${key}`),
  standing: (id) => ({ id: id === 'merged' ? 'of inbox/Rome' : id, trashed: id === 'in the trash' }),
};

const taken = (path: string, change: Partial<TakenFrom> = {}): TakenFrom => ({
  ...{ path, takenAtMs: nowMs - hourMs, video: 'its own' },
  ...change,
});
const hoursAgo = (hours: number) => ({ takenAtMs: nowMs - hours * hourMs });

describe('of the files that were taken before, a project gets', () => {
  it.each<[string, TakenFrom, boolean]>([
    ['a video that was taken for itself', taken('Rome/clip.mp4'), true],
    ['one of a folder in it', taken('Rome/media/day 1/clip.mp4'), true],
    ['one that waits for longer, as nothing could be read back', taken('Rome/a.mp4', hoursAgo(90)), true],
    ['nothing from beside its folder', taken('Rome.mp4'), false],
    ['nothing from another folder', taken('Oslo/clip.mp4'), false],
    ['nothing before something of its own was taken', taken('Paris/clip.mp4'), false],
    ['nothing that is of its video', taken('Rome/a.mp4', { video: 'of inbox/Rome' }), false],
    ['nothing of what the owner has merged into it', taken('Rome/a.mp4', { video: 'merged' }), false],
    ['nothing that is in the trash', taken('Rome/a.mp4', { video: 'in the trash' }), false],
    ['one of a folder whose name says nothing, of this day', taken('DCIM/a.mp4', hoursAgo(23)), true],
    ['none of a folder whose name says nothing, of a day before', taken('DCIM/a.mp4', hoursAgo(25)), false],
  ])('%s', (_what, file, isLate) => {
    expect(findLate([file], known, nowMs).map((one) => one.file)).toEqual(isLate ? [file] : []);
  });

  it('each with its place in the project', () => {
    const file = taken('Rome/clip.mp4');
    expect(findLate([file], known, nowMs)).toEqual([{ file, belongs: ofFolder('Rome') }]);
  });
});

describe('a file', () => {
  it.each<[string, Pick<TakenFrom, 'path' | 'belongs'>, boolean]>([
    ['may be late where it was a video of its own', { path: 'Rome/a.mp4', belongs: null }, true],
    [
      'may be late where it was beside such a video',
      { path: 'Rome/a.srt', belongs: { kind: 'beside', video: 'a', partKind: 'subtitle' } },
      true,
    ],
    [
      'may be late where it is a list that named such a video',
      { path: 'Rome/a.mhl', belongs: { kind: 'listed', videos: [] } },
      true,
    ],
    ['is not late where it is a project’s', { path: 'Rome/a.mp4', belongs: ofFolder('Rome') }, false],
    ['is not late at the top', { path: 'a.mp4' }, false],
  ])('%s', (_what, file, isSo) => {
    expect(mayBeLate(file)).toBe(isSo);
  });

  it('that stays is a later project’s for a day', () => {
    expect(lateSinceMs(nowMs)).toBe(nowMs - 24 * hourMs);
  });
});
