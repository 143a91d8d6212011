import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { FolderNames } from '#core/camera-cards.ts';
import { ReelholdError } from '#core/errors.ts';
import type { Belongs } from '#core/plan-parts.ts';
import { createLateFiles, type LateFiles } from '#daemon/inbox/late-files.ts';
import { createLookNames, type LookNames } from '#daemon/inbox/names.ts';
import type { Intake } from '#daemon/intake/intake.ts';
import { type MemoryArchive, openMemoryArchive } from '#tests/support/memory-archive.ts';
import { useTempFolder } from '#tests/support/temp-folder.ts';

const folder = useTempFolder();
let archive: MemoryArchive;
let looks: number[];
beforeEach(() => {
  archive = openMemoryArchive(folder.path);
  looks = [];
});
afterEach(() => archive[Symbol.dispose]());

const kinds = { inbox: 'inbox', kind: 'loose' } as const;
const open = (change: Partial<Intake> = {}): LateFiles =>
  createLateFiles({
    ...{ ...archive, ...kinds, intake: { ...archive.intake, ...change } },
    wantLook: (inMs) => looks.push(inMs),
  });
const ofProject = (name: string): Belongs => ({
  ...{ kind: 'project', key: `inbox/${name}`, folder: name, role: null },
  ...{ partKind: 'project', path: '' },
});

/** Takes a clip for itself, as if its original had come to the hold. */
async function hold(path: string): Promise<void> {
  const { digest, outcome } = await archive.take(path.replaceAll('/', ' '), `the bytes of ${path}`);
  archive.catalogue.holds.add({
    ...{ id: path, inbox: 'inbox', path, heldPath: `.reelhold-hold/${path}`, digest, video: outcome.video },
    ...{ sizeBytes: 1, fingerprint: 'f', heldAtMs: archive.clock.nowMs(), belongs: null },
  });
}

/** Names as a look finds them, where folders whose name begins with `bad` cannot be read. */
function namesWith(onList: (folder: string) => void = () => {}): LookNames {
  const list = async (asked: string): Promise<FolderNames> => {
    onList(asked);
    if (!asked.startsWith('bad')) return { files: [], folders: [] };
    const facts = { operation: 'list', object: asked, side: 'source' } as const;
    throw new ReelholdError({ ...facts, kind: 'io' }, 'the disk cannot read it');
  };
  return createLookNames({ ...archive, ...kinds, list });
}

const warnings = () => archive.log.lines.filter(({ level }) => level === 'warn').map(({ facts }) => facts);
const joined = () =>
  archive.catalogue.holds.list('inbox').flatMap(({ path, belongs }) => (belongs == null ? [] : [path]));

describe('a folder that cannot be read', () => {
  it('hides only what was taken from it, is told once, and asks for no look', async () => {
    await hold('bad/a.mp4');
    await hold('bad/b.mp4');
    await hold('Rome/clip.mp4');
    await archive.take('cut.drp', 'the cut', { belongs: ofProject('Rome') });
    const late = open();
    await late.join(namesWith());
    await late.join(namesWith());
    expect(joined()).toEqual(['Rome/clip.mp4']);
    expect(warnings()).toMatchObject([{ folder: 'bad' }]);
    expect(looks).toEqual([]);
  });
});

describe('a folder that the look has read', () => {
  it('is not read again', async () => {
    await hold('Rome/day 1/clip.mp4');
    const read: string[] = [];
    const names = namesWith((asked) => read.push(asked));
    await names.prepare('Rome/day 1');
    read.length = 0;
    await open().join(names);
    expect(read).toEqual([]);
  });
});

describe('what cannot be recorded', () => {
  it('is tried again ever more seldom', async () => {
    await hold('Rome/clip.mp4');
    await archive.take('cut.drp', 'the cut', { belongs: ofProject('Rome') });
    const late = open({
      async join() {
        throw new Error('the disk is full');
      },
    });
    for (let look = 0; look < 3; look += 1) await late.join(namesWith());
    expect(looks).toEqual([10_000, 20_000, 40_000]);
  });
});

describe('a look is asked for', () => {
  it('when a folder shows itself as a project, and at each file that was on its way then', () => {
    const late = open();
    late.noteTaken('Rome/early.mp4', null);
    expect(looks).toEqual([]);
    late.noteTaken('Rome/cut.drp', ofProject('Rome'));
    late.noteTaken('Rome/other.wav', ofProject('Rome'));
    expect(looks).toHaveLength(1);
    late.noteTaken('Rome/one.mp4', null);
    late.noteTaken('Rome/day 1/two.mp4', null);
    expect(looks).toHaveLength(3);
    late.noteTaken('Oslo/three.mp4', null);
    expect(looks).toHaveLength(3);
  });
});
