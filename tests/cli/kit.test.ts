import { mkdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { runKit, runKitConfirm, runKitStatus } from '#cli/kit.ts';
import { runStatus } from '#cli/status.ts';
import { configBelow, liveIn, openCommandArchive } from '#tests/support/lived-in.ts';
import { placeFacts } from '#tests/support/places.ts';
import { hear } from '#tests/support/said.ts';
import { useTempFolder } from '#tests/support/temp-folder.ts';

const folder = useTempFolder();
const secrets = {
  exportConfig: async () => '[b2]\ntype = b2\n',
  passwords: async () => [{ name: 'cloud', password: 'hunter2' }],
};

describe('reelhold kit', () => {
  it('is asked for once there is a remote, written, typed back, and told where not to be', async () => {
    const config = configBelow(join(folder.path, 'here'));
    await expect(hear(() => runKitStatus(config))).rejects.toMatchObject({ kind: 'missing' });
    await liveIn(config, join(folder.path, 'sources'));
    expect(await hear(() => runKitStatus(config))).toMatchObject({ code: 0 });
    {
      await using archive = await openCommandArchive(config);
      const facts = placeFacts('cloud', { placeKind: 'remote', path: 'b2:videos' });
      await archive.ledger.commit(() => ({ drafts: [{ facts, index: [] }], also: () => undefined }));
    }
    expect((await hear(() => runStatus(config, { json: false }))).out).toContain(
      'There is no recovery kit yet',
    );
    const to = join(folder.path, 'kit');
    mkdirSync(to);
    const made = await hear(() => runKit(config, { to, secrets }));
    const [page = '', text = ''] = made.out.split('\n');
    expect(readFileSync(page, 'utf8')).toContain('hunter2');
    const words = / kit confirm (.*) --kept/.exec(readFileSync(text, 'utf8'))?.[1] ?? '';
    expect(await hear(() => runKitConfirm(config, 'wrong words', 'x'))).toMatchObject({ code: 1 });
    const home = await hear(() => runKitConfirm(config, words, 'at home'));
    expect(home).toMatchObject({ code: 0, out: expect.stringContaining('Keep it somewhere else') });
    expect(await hear(() => runKitStatus(config, { secrets }))).toMatchObject({ code: 3 });
    expect(await hear(() => runKitConfirm(config, words, 'at the bank'))).toMatchObject({ code: 0 });
    expect(await hear(() => runKitStatus(config, { secrets }))).toMatchObject({ code: 0 });
  });
});
