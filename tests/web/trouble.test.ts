import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { ReelholdError } from '#core/errors.ts';
import type { Trouble } from '#core/trouble.ts';
import { nowMs, type SeededApp, seedApp } from './seeded-app.ts';

let trouble: Trouble | null;
let seeded: SeededApp;

beforeEach(async () => {
  trouble = null;
  seeded = await seedApp({ trouble: () => trouble });
});
afterEach(() => seeded[Symbol.asyncDispose]());

const page = async (path = '/') => (await seeded.app.request(path)).text();
const summary = async () => (await seeded.app.request('/api/v1/summary')).json();
const readOnly: Trouble = { state: 'failing', place: 'vault', failure: 'read-only' };
const words = 'The disk with your videos can only be read at the moment.';

describe('a trouble that the daemon knows of', () => {
  it('is said on the page and to programs, for as long as it lasts', async () => {
    seeded.addVideo({ title: 'Holiday', versions: [{}] });
    expect(await page()).not.toContain(words);
    expect(await summary()).toMatchObject({ trouble: null });
    trouble = readOnly;
    const shown = await page();
    expect(shown).toContain(words);
    expect(shown).toContain('No videos can be saved just now.');
    expect(shown).toContain('Holiday');
    expect(await summary()).toMatchObject({
      verdict: 'needsYou',
      verdictText: 'No videos can be saved just now.',
      trouble: expect.stringMatching(
        /^The disk with your videos can only be read at the moment\. Nothing is lost\./,
      ),
      videosTotal: 1,
    });
    trouble = null;
    expect(await page()).not.toContain(words);
  });

  it('goes before what the catalogue says, which may be old', async () => {
    seeded.catalogue.notes.setCondition('vault', { state: 'open' }, nowMs);
    trouble = { state: 'refused', reason: 'not-connected' };
    expect(await page()).toContain('The disk with your videos is not connected.');
  });

  it('that mends itself does not call for the owner', async () => {
    seeded.addVideo({ title: 'Holiday', versions: [{}] });
    const calm = (await summary()) as { verdictText: string };
    trouble = { state: 'failing', place: 'vault', failure: 'busy' };
    expect(await page()).toContain('Another program is using your archive.');
    expect(await summary()).toMatchObject({ verdictText: calm.verdictText });
  });

  it('is read from the catalogue where the daemon is not asked, as by "reelhold status"', async () => {
    seeded.catalogue.notes.setCondition('vault', readOnly, nowMs);
    expect(await page()).toContain(words);
  });
});

describe('a catalogue that cannot be asked', () => {
  const failure = new ReelholdError({ kind: 'io', operation: 'read', object: 'the catalogue' }, 'error');
  const fails = () => {
    throw failure;
  };
  const deaf = {
    ...{ arrivals: fails, latestVideos: fails, video: fails, version: fails, summary: fails },
    ...{
      condition: fails,
      kit: fails,
      places: fails,
      loads: fails,
      vaultCounts: fails,
      report: fails,
      dataVersion: fails,
      videosFingerprint: fails,
    },
    ...{ parts: fails, part: fails, suggestions: fails },
  };

  it('makes the page say why, with 503, and look again by itself', async () => {
    await using without = await seedApp({ queries: deaf });
    const answer = await without.app.request('/');
    expect(answer.status).toBe(503);
    const text = await answer.text();
    expect(text).toContain('The disk with Reelhold’s settings reports errors.');
    expect(text).toContain('Your videos are untouched');
    expect(text).toContain('<meta http-equiv="refresh" content="10">');
  });

  it('makes the summary say why, and that nothing else is known: not that there is nothing', async () => {
    await using without = await seedApp({ queries: deaf });
    const answer = await without.app.request('/api/v1/summary');
    expect(answer.status).toBe(200);
    const told = await answer.json();
    expect(told).toMatchObject({ verdict: 'needsYou', videosTotal: null, inboxWaiting: null });
    expect(told).toMatchObject({ trouble: expect.stringContaining('reports errors') });
    const known = (await summary()) as object;
    expect(Object.keys(told as object).sort()).toEqual(Object.keys(known).sort());
  });

  it('is named by what the daemon knows of it, where that is more', async () => {
    await using without = await seedApp({
      queries: deaf,
      trouble: () => ({ state: 'failing', place: 'settings', failure: 'full' }),
    });
    expect(await (await without.app.request('/')).text()).toContain(
      'The disk with Reelhold’s settings is full.',
    );
    const problem = await (await without.app.request('/api/v1/videos')).json();
    expect(problem).toMatchObject({ status: 503, detail: expect.stringContaining('is full') });
  });
});
