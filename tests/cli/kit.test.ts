import { mkdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { runKit, runKitConfirm, runKitStatus } from '#cli/kit.ts';
import { runStatus } from '#cli/status.ts';
import { cryptSection } from '#locations/encrypted-style.ts';
import { savePassword, saveRcloneConfig } from '#locations/rclone-config.ts';
import { remoteConfigDir } from '#place-folders.ts';
import { configBelow, liveIn, openCommandArchive } from '#tests/support/lived-in.ts';
import { placeFacts } from '#tests/support/places.ts';
import { hear } from '#tests/support/said.ts';
import { useTempFolder } from '#tests/support/temp-folder.ts';

const folder = useTempFolder();

describe('reelhold kit', () => {
  it('is asked for once there is a remote, written, typed back, and told where not to be', async () => {
    const config = configBelow(join(folder.path, 'here'));
    await expect(hear(() => runKitStatus(config))).rejects.toMatchObject({ kind: 'missing' });
    await liveIn(config, join(folder.path, 'sources'));
    expect(await hear(() => runKitStatus(config))).toMatchObject({ code: 0 });
    {
      await using archive = await openCommandArchive(config);
      const facts = placeFacts('cloud', { placeKind: 'remote', path: 'b2:videos', encrypted: true });
      await archive.ledger.commit(() => ({ drafts: [{ facts, index: [] }], also: () => undefined }));
    }
    expect((await hear(() => runStatus(config, { json: false }))).out).toContain(
      'There is no recovery kit yet',
    );
    const to = join(folder.path, 'kit');
    await expect(hear(() => runKit(config, { to }))).rejects.toMatchObject({ kind: 'missing' });
    const own = remoteConfigDir(config, 'cloud');
    const crypt = { type: 'crypt', remote: 'b2:videos', password: 'obscured' };
    await saveRcloneConfig(own, { b2: { type: 'b2', key: 'OPEN' }, [cryptSection]: crypt });
    await savePassword(own, 'hunter2');
    mkdirSync(to);
    const made = await hear(() => runKit(config, { to }));
    const [page = '', text = ''] = made.out.split('\n');
    for (const part of ['hunter2', 'OPEN', '[my-cloud]', 'my-cloud-b2:videos'])
      expect(readFileSync(page, 'utf8')).toContain(part);
    const words = / kit confirm (.*) --kept/.exec(readFileSync(text, 'utf8'))?.[1] ?? '';
    expect(await hear(() => runKitConfirm(config, 'wrong words', 'x'))).toMatchObject({ code: 1 });
    for (const kept of [null, '', '  '])
      expect(await hear(() => runKitConfirm(config, words, kept))).toMatchObject({
        ...{ code: 3, out: expect.stringContaining('Say where it is kept') },
      });
    const home = await hear(() => runKitConfirm(config, words, 'at home'));
    expect(home).toMatchObject({ code: 3, out: expect.stringContaining('Keep it somewhere else') });
    expect(await hear(() => runKitStatus(config))).toMatchObject({ code: 3 });
    expect(await hear(() => runKitConfirm(config, words, 'at the bank'))).toMatchObject({ code: 0 });
    expect(await hear(() => runKitStatus(config))).toMatchObject({ code: 0 });
  });
});
