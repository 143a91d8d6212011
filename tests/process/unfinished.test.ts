import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { smallFilm } from '#tests/support/boxes.ts';
import { makeInstallation, runCli, startDaemon } from '#tests/support/daemon.ts';
import { digestOf } from '#tests/support/digests.ts';
import { someBytes } from '#tests/support/inbox-bench.ts';
import { classicMhl } from '#tests/support/mhl.ts';
import { findFaults } from '#tests/support/oracle.ts';
import { until } from '#tests/support/until.ts';

describe('a daemon whose inbox gets what is not whole', () => {
  it('waits for it, says why, and takes it when it is; what differs from its list it takes as damaged', async () => {
    await using installation = await makeInstallation();
    await using daemon = await startDaemon(installation);
    const at = (name: string) => join(installation.inbox, name);
    const film = smallFilm(someBytes(300_000));
    const [listed, differs] = [smallFilm(someBytes(5000)), smallFilm(someBytes(5000))];
    await writeFile(at('film.mp4'), film.subarray(0, 200_000));
    await writeFile(
      at('card.mhl'),
      classicMhl([
        { path: 'good.mov', bytes: listed },
        { path: 'bad.mov', bytes: differs, hash: ['xxhash64be', '0123456789abcdef'] },
      ]),
    );
    await writeFile(at('good.mov'), listed);
    await writeFile(at('bad.mov'), differs);
    const isHeld = async (bytes: Uint8Array) =>
      (await daemon.api.versions()).find(({ digest }) => digest === digestOf(bytes));
    await until('those of the list', async () => (await isHeld(listed)) && (await isHeld(differs)), 60_000);
    const status = await until(
      'status says why',
      async () => {
        const { output } = await runCli(installation, 'status');
        return output.includes('film.mp4') && output.includes('the end of this video is missing') && output;
      },
      60_000,
    );
    // The list waits for what it names, of which one file stays.
    expect(status).toContain('2 files wait');
    expect(status).toContain('card.mhl');
    expect(status).toMatch(/Still in the inbox, and why:\n {2}(film\.mp4|card\.mhl)/);
    expect(await isHeld(film.subarray(0, 200_000))).toBeUndefined();
    await writeFile(at('film.mp4'), film);
    await until('the film', () => isHeld(film), 60_000);
    expect(await isHeld(listed)).toMatchObject({ damaged: null });
    expect(await isHeld(differs)).toMatchObject({ damaged: 'differs-from-list' });
    const sources = [
      { path: 'film.mp4', digest: digestOf(film) },
      { path: 'good.mov', digest: digestOf(listed) },
      { path: 'bad.mov', digest: digestOf(differs) },
    ];
    expect(await findFaults(installation, sources, await daemon.api.versions())).toEqual([]);
  });
});
