import { describe, expect, it } from 'vitest';
import {
  filesIn,
  type InboxBench,
  isHeld,
  patiently,
  put,
  someBytes,
  versions,
} from '#tests/support/inbox-bench.ts';
import { film, openListBench as openBench, putHistory, rowOf } from '#tests/support/list-bench.ts';
import { ascChain, ascMhl, c4OfBytes, classicMhl } from '#tests/support/mhl.ts';
import { always, until } from '#tests/support/until.ts';

const quietMs = 200;
const minute = 60_000;
const waitsFor = (bench: InboxBench, path: string, reason: string) =>
  until(`${path} waits`, () => rowOf(bench, path)?.reason === reason);
const damagesOf = (bench: InboxBench) =>
  bench.database.sqlite.prepare('SELECT damaged FROM versions ORDER BY seq').pluck().all();

describe.concurrent('files that a list names', { timeout: 120_000 }, () => {
  it.each(['ASC MHL', 'classic MHL'])(
    'wait until all are there, and are then taken together: %s',
    async (kind) => {
      await using bench = await openBench({ quietMs });
      const [a, b, sound] = [film(), film(), someBytes(500)];
      const files = [
        { path: 'A001/a.mov', bytes: a },
        { path: 'A001/Gr\u00fc\u00dfe.mov', bytes: b },
        { path: 'sound.wav', bytes: sound },
      ];
      if (kind === 'ASC MHL') await putHistory(bench, 'card', ascMhl(files));
      else await put(bench, 'card/card.mhl', Buffer.from(classicMhl(files)));
      await put(bench, 'card/A001/a.mov', a);
      await waitsFor(bench, 'card/A001/a.mov', 'list-names-2-more');
      bench.clock.advance(3_000);
      // As a Mac writes it.
      await put(bench, 'card/A001/Gru\u0308\u00dfe.mov', b);
      await waitsFor(bench, 'card/A001/Gru\u0308\u00dfe.mov', 'list-names-1-more');
      await put(bench, 'card/sound.wav', sound.subarray(1));
      bench.clock.advance(3 * minute);
      await always('they wait', () => versions(bench).length === 0, 600);
      await put(bench, 'card/sound.wav', sound);
      await patiently(bench, 'both', () => isHeld(bench, a) && isHeld(bench, b));
      expect(damagesOf(bench)).toEqual([null, null]);
      await until('the hold', () => bench.catalogue.holds.list('inbox').length === 2);
    },
  );

  it('are taken after an hour without the others, not as damaged, and stay', async () => {
    await using bench = await openBench({ quietMs });
    const a = film();
    await putHistory(
      bench,
      'card',
      ascMhl([
        { path: 'a.mov', bytes: a },
        { path: 'b.mov', bytes: film() },
      ]),
    );
    await put(bench, 'card/a.mov', a);
    await waitsFor(bench, 'card/a.mov', 'list-names-1-more');
    bench.clock.advance(61 * minute);
    await until('it is taken', () => isHeld(bench, a));
    await until('its row', () => rowOf(bench, 'card/a.mov')?.state === 'taken');
    expect(rowOf(bench, 'card/a.mov')?.reason).toBe('unfinished');
    expect(damagesOf(bench)).toEqual([null]);
    expect(await filesIn(bench.root)).toContain('card/a.mov');
  });

  it('are not asked for again that were taken before, also after a restart', async () => {
    const bench = await openBench({ quietMs });
    const [a, b] = [film(), film()];
    await putHistory(
      bench,
      'card',
      ascMhl([
        { path: 'a.mov', bytes: a },
        { path: 'b.mov', bytes: b },
      ]),
    );
    await put(bench, 'card/a.mov', a);
    await put(bench, 'card/b.mov', b);
    await patiently(bench, 'both', () => isHeld(bench, a) && isHeld(bench, b));
    await until('the hold', () => bench.catalogue.holds.list('inbox').length === 2);
    await using again = await bench.restart();
    await put(again, 'card/a.mov', a);
    await patiently(again, 'it came again', () => versions(again).some(({ seenAgain }) => seenAgain === 1));
  });

  it('wait for each generation of a history, and for the histories below', async () => {
    await using bench = await openBench({ quietMs });
    const a = film();
    const below = ascMhl([{ path: 'b.mov', bytes: film() }]);
    const first = ascMhl(
      [{ path: 'a.mov', bytes: a }],
      [{ path: 'B001/ascmhl/0001.mhl', c4: c4OfBytes(Buffer.from(below)) }],
    );
    await put(bench, 'card/ascmhl/0001.mhl', Buffer.from(first));
    await put(
      bench,
      'card/ascmhl/ascmhl_chain.xml',
      Buffer.from(ascChain({ '0001.mhl': first, '0002.mhl': first })),
    );
    await put(bench, 'card/a.mov', a);
    await waitsFor(bench, 'card/a.mov', 'list-names-2-more');
  });
});

describe.concurrent('a list itself', { timeout: 120_000 }, () => {
  const partsOf = (bench: InboxBench) =>
    bench.database.sqlite
      .prepare(
        `SELECT versions.name AS video, parts.name, parts.kind FROM parts
         JOIN versions USING (video_id) ORDER BY versions.name, parts.name`,
      )
      .all();
  const left = async (bench: InboxBench) =>
    (await filesIn(bench.root)).filter((path) => !path.startsWith('.reelhold-hold/'));

  it('is kept with each video that it names, and leaves the inbox last', async () => {
    await using bench = await openBench({ quietMs });
    const [a, b] = [film(), film()];
    const files = [
      { path: 'a.mov', bytes: a },
      { path: 'b.mov', bytes: b },
    ];
    await putHistory(bench, 'card', ascMhl(files));
    await put(bench, 'card/a.mov', a);
    await waitsFor(bench, 'card/a.mov', 'list-names-1-more');
    const manifest = 'card/ascmhl/0001_A001_2026-11-21_100000Z.mhl';
    await until('the list waits', () => /^list-waits-for-/.test(rowOf(bench, manifest)?.reason ?? ''));
    await put(bench, 'card/b.mov', b);
    await patiently(bench, 'all lists', () => partsOf(bench).length === 4);
    const chain = 'ascmhl_chain.xml';
    expect(partsOf(bench)).toEqual(
      ['a.mov', 'b.mov'].flatMap((video) =>
        ['0001_A001_2026-11-21_100000Z.mhl', chain].map((name) => ({ video, name, kind: 'sidecar' })),
      ),
    );
    await until('an empty inbox', async () => (await left(bench)).length === 0);
  });

  it('stays where something stays that it names, and is kept all the same', async () => {
    await using bench = await openBench({ quietMs });
    const [a, sound] = [film(), someBytes(500)];
    const files = [
      { path: 'a.mov', bytes: a },
      { path: 'sound.wav', bytes: sound },
    ];
    await put(bench, 'card/card.mhl', Buffer.from(classicMhl(files)));
    await put(bench, 'card/sound.wav', sound);
    await put(bench, 'card/a.mov', a);
    await waitsFor(bench, 'card/card.mhl', 'list-waits-for-1');
    bench.clock.advance(61 * minute);
    await until('the list', () => partsOf(bench).length === 1);
    await until('its row', () => rowOf(bench, 'card/card.mhl')?.state === 'taken');
    expect(await left(bench)).toEqual(['card/card.mhl', 'card/sound.wav']);
  });

  it('of an inbox whose files stay is kept when all that it names is saved', async () => {
    await using bench = await openBench({ quietMs, mode: 'keep' });
    const a = film();
    await put(bench, 'card/card.mhl', Buffer.from(classicMhl([{ path: 'a.mov', bytes: a }])));
    await put(bench, 'card/a.mov', a);
    await patiently(bench, 'the list', () => partsOf(bench).length === 1);
    expect(await left(bench)).toEqual(['card/a.mov', 'card/card.mhl']);
  });

  it('of a project leaves the inbox after all that it names', async () => {
    await using bench = await openBench({ quietMs, kind: 'projects' });
    const [a, notes] = [film(), someBytes(500)];
    const files = [
      { path: 'raw/a.mov', bytes: a },
      { path: 'notes.txt', bytes: notes },
    ];
    await put(bench, 'Rome/Rome.mhl', Buffer.from(classicMhl(files)));
    await put(bench, 'Rome/notes.txt', notes);
    await waitsFor(bench, 'Rome/Rome.mhl', 'list-waits-for-2');
    expect(await left(bench)).toContain('Rome/Rome.mhl');
    await put(bench, 'Rome/raw/a.mov', a);
    await patiently(bench, 'all', () => bench.catalogue.archive.count().parts === 3);
    await until('an empty inbox', async () => (await left(bench)).length === 0);
  });

  it('of which no video is held is no video itself', async () => {
    await using bench = await openBench({ quietMs });
    const sound = someBytes(500);
    await put(bench, 'sound/sound.wav', sound);
    await put(bench, 'sound/sound.mhl', Buffer.from(classicMhl([{ path: 'sound.wav', bytes: sound }])));
    await waitsFor(bench, 'sound/sound.mhl', 'list-waits-for-1');
    bench.clock.advance(61 * minute);
    await waitsFor(bench, 'sound/sound.mhl', 'list-of-no-video');
    expect(bench.catalogue.archive.count().videos).toBe(0);
  });
});

describe.concurrent('a list that cannot be trusted', { timeout: 120_000 }, () => {
  it('holds up what is around it while it may still be copied, and no longer', async () => {
    await using bench = await openBench({ quietMs });
    const a = film();
    await put(bench, 'card/card.mhl', Buffer.from(classicMhl([{ path: 'a.mov', bytes: a }]).slice(0, 200)));
    await put(bench, 'card/a.mov', a);
    const other = await put(bench, 'other.mov', film());
    await waitsFor(bench, 'card/a.mov', 'list-unreadable');
    await until('the other', () => isHeld(bench, other));
    expect(isHeld(bench, a)).toBe(false);
    bench.clock.advance(6 * minute);
    await until('it is taken', () => isHeld(bench, a));
    expect(damagesOf(bench)).toEqual([null, null]);
  });

  it('is one whose seal is broken', async () => {
    await using bench = await openBench({ quietMs });
    const a = film();
    const list = ascMhl([{ path: 'a.mov', bytes: a }]);
    await put(bench, 'card/ascmhl/0001.mhl', Buffer.from(list.replace('cart', 'card')));
    await put(bench, 'card/ascmhl/ascmhl_chain.xml', Buffer.from(ascChain({ '0001.mhl': list })));
    await put(bench, 'card/a.mov', a);
    await waitsFor(bench, 'card/a.mov', 'list-unreadable');
  });

  it('is one that names files outside its folder', async () => {
    await using bench = await openBench({ quietMs });
    const a = film();
    const files = [
      { path: 'a.mov', bytes: a },
      { path: '../../etc/passwd', bytes: a },
    ];
    await put(bench, 'card/card.mhl', Buffer.from(classicMhl(files)));
    await put(bench, 'card/a.mov', a);
    await waitsFor(bench, 'card/a.mov', 'list-unreadable');
  });
});
