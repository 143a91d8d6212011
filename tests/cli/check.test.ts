import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { beforeEach, describe, expect, it } from 'vitest';
import { type CheckAsked, runCheck } from '#cli/check.ts';
import type { Config } from '#config.ts';
import { dayMs, type Place } from '#core/assess.ts';
import { configBelow, copyToDrive, liveIn, openCommandArchive } from '#tests/support/lived-in.ts';
import { hear } from '#tests/support/said.ts';
import { useTempFolder } from '#tests/support/temp-folder.ts';

const folder = useTempFolder();
const at = (name: string) => join(folder.path, name);
let config: Config;
beforeEach(async () => {
  config = configBelow(at('here'));
  await liveIn(config, at('sources'));
  mkdirSync(at('card/DCIM'), { recursive: true });
  writeFileSync(at('card/DCIM/IMG_1.mp4'), 'oslo');
});

const check = (asked: Partial<CheckAsked> = {}, card = at('card')) =>
  hear(() => runCheck(config, card, { isNul: false, json: false, ...asked }));

/** Gives every video proven copies at three places, as the policy wants them. */
async function makeSafe(): Promise<void> {
  await using archive = await openCommandArchive(config);
  const promiseMs = 90 * dayMs;
  const places: readonly Place[] = [
    { location: archive.location, medium: 'nas', awayFromHome: false, promiseMs },
    { location: 'drive', medium: 'drive', awayFromHome: false, promiseMs },
    { location: 'cloud', medium: 'cloud', awayFromHome: true, promiseMs },
  ];
  const provenAtMs = Date.now();
  for (const digest of archive.catalogue.archive.allDigests()) {
    for (const { location } of places) {
      const copy = { digest, location, state: 'present', listedAtMs: null, provenAtMs } as const;
      archive.catalogue.archive.setCopy(copy);
    }
  }
  archive.catalogue.notes.setCondition('places', { places }, Date.now());
}

describe('reelhold check', () => {
  it('lets a card go where all of it is safe without it', async () => {
    await makeSafe();
    const checked = await check({ deleteList: at('delete') });
    expect(checked).toMatchObject({ code: 0, out: expect.stringContaining('All of it may go.') });
    expect(readFileSync(at('delete'), 'utf8')).toBe(`${at('card/DCIM/IMG_1.mp4')}\n`);
  });

  it('lets nothing go that is held, but not safe', async () => {
    const checked = await check({ deleteList: at('delete') });
    expect(checked).toMatchObject({ code: 3, out: expect.stringContaining('held, but not read back yet') });
    expect(readFileSync(at('delete'), 'utf8')).toBe('');
  });

  it('lists names of any bytes, ended by NUL, and leaves those with line breaks out of lines', async () => {
    await makeSafe();
    const odd = Buffer.concat([Buffer.from(at('card/n')), Buffer.from([0xff, 0x0a]), Buffer.from('w.mp4')]);
    writeFileSync(odd, 'new');
    const nul = await check({ bringList: at('nul'), isNul: true });
    expect(nul).toMatchObject({ code: 3, out: expect.stringContaining('not held') });
    expect(readFileSync(at('nul'))).toEqual(Buffer.concat([odd, Buffer.of(0)]));
    const lines = await check({ bringList: at('lines') });
    expect(lines.out).toContain('left out of the list');
    expect(readFileSync(at('lines'), 'utf8')).toBe('');
  });

  it('tells programs one object a line', async () => {
    await makeSafe();
    writeFileSync(at('card/new.mp4'), 'new');
    const { out } = await check({ json: true });
    const lines = out
      .trim()
      .split('\n')
      .map((line) => JSON.parse(line) as Record<string, unknown>);
    expect(lines).toEqual([
      expect.objectContaining({
        kind: 'file',
        path: 'new.mp4',
        state: 'not-held',
        advice: 'bring',
        digest: null,
      }),
      expect.objectContaining({ path: 'DCIM/IMG_1.mp4', state: 'proven', places: 3, advice: 'may-go' }),
      expect.objectContaining({ kind: 'summary', files: 2, mayGo: 1, bring: 1, conclusion: 'not-all' }),
    ]);
  });

  it('calls nothing on a drive of the archive deletable', async () => {
    await makeSafe();
    copyToDrive(config, at('drive'));
    const checked = await check({}, at('drive'));
    expect(checked).toMatchObject({ code: 3, out: expect.stringContaining('leave it alone') });
  });

  it('says that it could not ask, where the card, or the catalogue, is not there', async () => {
    await makeSafe();
    await expect(check({}, at('nothing'))).rejects.toMatchObject({ kind: 'unreachable' });
    mkdirSync(at('empty'));
    expect(await check({}, at('empty'))).toMatchObject({ code: 4 });
    config = configBelow(at('stranger'));
    await expect(check()).rejects.toMatchObject({ kind: 'unreachable' });
  });

  it('writes its lists neither to the card, nor over anything', async () => {
    await expect(check({ bringList: at('card/DCIM/list') })).rejects.toThrow('it would be inside the folder');
    writeFileSync(at('mine'), 'mine');
    await expect(check({ deleteList: at('mine') })).rejects.toThrow('it is there already');
    expect(readFileSync(at('mine'), 'utf8')).toBe('mine');
  });
});
