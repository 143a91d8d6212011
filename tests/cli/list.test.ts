import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { runList } from '#cli/list.ts';
import { formatChange } from '#daemon/operations/change.ts';
import { configBelow, liveIn, openCommandArchive } from '#tests/support/lived-in.ts';
import { runHandler } from '#tests/support/operations.ts';
import { hear } from '#tests/support/said.ts';
import { useTempFolder } from '#tests/support/temp-folder.ts';

const folder = useTempFolder();

describe('reelhold list', () => {
  it('shows the ids that other commands take, of the trash too, and only what is asked for', async () => {
    const config = configBelow(join(folder.path, 'here'));
    const list = (words = '', onlyTrash = false) => hear(() => runList(config, { words, onlyTrash }));
    expect(await list()).toMatchObject({ code: 0, err: 'There is no video.\n' });
    await liveIn(config, join(folder.path, 'sources'));
    const { out } = await list();
    const [, bern = '', oslo = '', summer = ''] =
      /^(\S+) {2}\d{4}-\d\d-\d\d {2}Bern \(in the trash\)\n(\S+) .* {2}Oslo <b>\n(\S+) .* {2}Summer \(2 versions\)\n$/.exec(
        out,
      ) ?? [];
    expect(new Set([bern, oslo, summer]).size).toBe(3);
    expect((await list('OSLO')).out).toContain(oslo);
    expect((await list('oslo summer')).code).toBe(1);
    expect((await list('', true)).out).toBe(out.split('\n')[0]?.concat('\n'));
    {
      await using archive = await openCommandArchive(config);
      await runHandler(archive.change, formatChange({ kind: 'trash', video: bern, trashed: false }));
    }
    expect((await list('', true)).err).toBe('There is no video in the trash.\n');
  });
});
