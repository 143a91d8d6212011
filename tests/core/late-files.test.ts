import { describe, expect, it } from 'vitest';
import {
  findLateHeld,
  findLateStaying,
  type HeldFile,
  type OfProject,
  type StayingFile,
} from '#core/late-files.ts';

const hourMs = 60 * 60_000;
const nowMs = 1_000 * hourMs;

/** Every file in these folders is a project's now. */
function placeIn(...projects: readonly string[]): (path: string) => OfProject | null {
  return (path) => {
    const project = projects.find((folder) => path.startsWith(`${folder}/`));
    if (project === undefined) return null;
    const key = `inbox/${project}`;
    return { kind: 'project', key, folder: project, role: null, partKind: 'raw', path: '' };
  };
}

const ofRome: OfProject = {
  ...{ kind: 'project', key: 'inbox/Rome', folder: 'Rome', role: null },
  ...{ partKind: 'raw', path: '' },
};

describe('of the files in the hold, a project gets', () => {
  const held = (path: string, more: Partial<HeldFile> = {}): HeldFile => ({
    ...{ path, heldAtMs: nowMs - hourMs, belongs: null },
    ...more,
  });

  it.each<[string, HeldFile, boolean]>([
    ['a video that was taken for itself', held('Rome/clip.mp4'), true],
    ['one of a folder in it', held('Rome/media/day 1/clip.mp4'), true],
    ['what was beside such a video', held('Rome/a.srt', { belongs: beside('a') }), true],
    ['a list that named such a video', held('Rome/a.mhl', { belongs: { kind: 'listed', videos: [] } }), true],
    ['one that waits for longer, as nothing could be read back', held('Rome/a.mp4', hoursAgo(90)), true],
    ['nothing that it has', held('Rome/clip.mp4', { belongs: ofRome }), false],
    ['nothing from beside its folder', held('Rome.mp4'), false],
    ['nothing from another folder', held('Oslo/clip.mp4'), false],
    ['one of a folder whose name says nothing, of this day', held('DCIM/a.mp4', hoursAgo(23)), true],
    ['none of a folder whose name says nothing, of a day before', held('DCIM/a.mp4', hoursAgo(25)), false],
  ])('%s', (_what, file, isLate) => {
    const late = findLateHeld([file], placeIn('Rome', 'DCIM'), nowMs);
    expect(late.map((one) => one.file)).toEqual(isLate ? [file] : []);
  });

  it('each with its place in the project', () => {
    const file = held('Rome/clip.mp4');
    expect(findLateHeld([file], placeIn('Rome'), nowMs)).toEqual([{ file, belongs: ofRome }]);
  });

  function beside(video: string) {
    return { kind: 'beside', video, partKind: 'subtitle' } as const;
  }

  function hoursAgo(hours: number) {
    return { heldAtMs: nowMs - hours * hourMs };
  }
});

describe('of the files that stay in an inbox, taken again as a project’s', () => {
  const staying = (path: string, more: Partial<StayingFile> = {}): StayingFile => ({
    ...{ path, takenAtMs: nowMs - hourMs, video: { id: 'its own', trashed: false } },
    ...more,
  });
  const part = { video: null };
  const clip = staying('Rome/clip.mp4');

  it.each<[string, readonly StayingFile[], readonly number[]]>([
    ['is a version of another video', [clip], [0]],
    ['is one that was taken long ago: it stands there', [staying('Rome/a.mp4', ago(9_999))], [0]],
    ['is none of the project itself', [staying('Rome/a.mp4', of('of inbox/Rome'))], []],
    ['is none in the trash', [staying('Rome/a.mp4', of('its own', true))], []],
    ['is none of a folder that is no project', [staying('Oslo/a.mp4')], []],
    ['is none of a project of which nothing was taken', [staying('Paris/a.mp4')], []],
    ['is none of a day before, of a folder whose name says nothing', [staying('DCIM/a.mp4', ago(25))], []],
    ['is what stands beside such a version, too', [clip, staying('Rome/clip.de.srt', part)], [0, 1]],
    ['is no part of its own name', [staying('Rome/clip.srt', part)], []],
    ['is no part of another name', [clip, staying('Rome/other.srt', part)], [0]],
    ['is no part from another folder', [clip, staying('Rome/sub/clip.srt', part)], [0]],
    ['is no part that can be beside nothing', [clip, staying('Rome/clip.wav', part)], [0]],
  ])('%s', (_what, files, late) => {
    const videoOf = ({ key }: OfProject) => (key === 'inbox/Paris' ? null : `of ${key}`);
    expect(findLateStaying(files, placeIn('Rome', 'Paris', 'DCIM'), videoOf, nowMs)).toEqual(
      late.map((index) => files[index]),
    );
  });

  function of(id: string, trashed = false) {
    return { video: { id, trashed } };
  }

  function ago(hours: number) {
    return { takenAtMs: nowMs - hours * hourMs };
  }
});
