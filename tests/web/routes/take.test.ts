import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { type Command, formatInboxFile } from '#core/command.ts';
import type { CommandOutcome } from '#core/ports/commands.ts';
import { nowMs, type SeededApp, seedApp } from '#tests/web/seeded-app.ts';

let seeded: SeededApp;
let asked: Command[];
let outcome: CommandOutcome;

const taken: CommandOutcome = {
  kind: 'done',
  result: JSON.stringify({ kind: 'taken', outcome: { kind: 'new-video', video: 'v', version: 'w' } }),
};

beforeEach(async () => {
  asked = [];
  outcome = taken;
  const commands = {
    async run(command: Command) {
      asked.push(command);
      return outcome;
    },
  };
  seeded = await seedApp({ basePath: '/reel', inboxes: ['/data/inbox', '/b'], commands });
});
afterEach(() => seeded[Symbol.asyncDispose]());

const partial = { 'HX-Request': 'true', 'HX-Request-Type': 'partial' };
const odd = 'caf\udce9 "1".txt';

function post(body: BodyInit, headers: Record<string, string> = {}, path = '/inbox/take') {
  return seeded.app.request(`http://localhost/reel${path}`, {
    method: 'POST',
    body,
    headers: { origin: 'http://localhost', ...headers },
  });
}
const form = (file: string) => new URLSearchParams({ file });
const send = (value: unknown, headers: Record<string, string> = {}) =>
  post(JSON.stringify(value), { 'Content-Type': 'application/json', ...headers }, '/api/v1/inbox/take');

function leave(paths: readonly string[], total = paths.length): void {
  seeded.catalogue.notes.setCondition(
    'inbox:/b',
    {
      ...{
        root: '/b',
        state: 'watched',
        mode: 'consume',
        kind: 'loose',
        forcedBy: null,
        lastLookedAtMs: nowMs,
      },
      watching: { gap: null, type: null },
      ignored: { system: 0, unfinished: 0, 'other-program': 0, hidden: 0 },
      left: { total, paths },
    },
    nowMs,
  );
}

describe('a file that is not taken by itself', () => {
  it('is listed with a button that names it, whatever bytes its name has', async () => {
    leave([odd, 'notes.txt'], 5);
    const region = await (await seeded.app.request('/reel/arriving', { headers: partial })).text();
    expect(region).toContain('5 files are not videos and stay where they are.');
    expect(region).toContain('And 3 files more.');
    const fields = [...region.matchAll(/name="file" value="([^"]*)"/g)].map(([, value]) =>
      (value ?? '').replaceAll('&quot;', '"'),
    );
    expect(fields).toHaveLength(2);
    for (const field of fields) await post(form(field));
    expect(asked).toEqual([
      { kind: 'take-inbox-file', inbox: '/b', path: odd },
      { kind: 'take-inbox-file', inbox: '/b', path: 'notes.txt' },
    ]);
  });

  it('that is held back has one too, and one that cannot be read has none', async () => {
    const seen = { inbox: '/b', sizeBytes: 1, fingerprint: '', state: 'waiting' } as const;
    seeded.catalogue.sightings.see({ ...seen, path: 'cut.mp4', reason: 'cut-off' }, nowMs);
    seeded.catalogue.sightings.see({ ...seen, path: 'locked.mp4', reason: 'source-denied' }, nowMs);
    const region = await (await seeded.app.request('/reel/arriving', { headers: partial })).text();
    expect(region.match(/Take it as it is<\/button>/g)).toHaveLength(1);
    expect(region).toContain('Take it as it is: cut.mp4');
    expect(region).toContain('in /b');
  });
});

describe('asking for it by the form', () => {
  const file = formatInboxFile({ inbox: '/b', path: 'notes.txt' });
  const settling: CommandOutcome = { kind: 'done', result: '{"kind":"settling"}' };

  it.each([
    [taken, 'is saved'],
    [settling, 'is still being copied in, and is saved as soon as that is over'],
    [{ kind: 'working' }, 'saving…'],
    [{ kind: 'failed', why: 'take <b>: it is empty' }, 'was not saved: take &lt;b&gt;: it is empty.'],
  ] as const)('%j is answered in place', async (came, words) => {
    outcome = came;
    const answer = await post(form(file), partial);
    expect(answer.status).toBe(200);
    expect(await answer.text()).toBe(`<span class="arrival-state" role="status">${words}</span>`);
  });

  it('leads back to what is arriving where there is no script', async () => {
    const answer = await post(form(file));
    expect([answer.status, answer.headers.get('location')]).toEqual([303, '/reel/arriving']);
    outcome = { kind: 'failed', why: 'take notes.txt: it is empty' };
    const failed = await post(form(file));
    expect(failed.status).toBe(409);
    expect(await failed.text()).toContain('was not saved: take notes.txt: it is empty.');
  });

  it('from another site, or another name, does nothing', async () => {
    expect((await post(form(file), { origin: 'http://evil.test' })).status).toBe(403);
    expect((await post(form(file), { host: 'evil.test' })).status).toBe(421);
    expect(asked).toEqual([]);
  });

  it.each(['', 'notes.txt', '{"inbox":"/b"}', '{"inbox":"/etc","path":"passwd"}'])(
    'for %j is refused',
    async (field) => {
      expect((await post(form(field))).status).toBe(400);
      expect(asked).toEqual([]);
    },
  );

  it('with more than a name is refused unread', async () => {
    expect((await post(form('x'.repeat(100_000)))).status).toBe(413);
  });
});

describe('asking for it as a program', () => {
  it.each([
    [taken, 200, { state: 'taken', outcome: 'new-video', video: 'v', version: 'w' }],
    [{ kind: 'done', result: '{"kind":"settling"}' }, 202, { state: 'settling' }],
    [{ kind: 'working' }, 202, { state: 'working' }],
  ] as const)('%j is answered with %d', async (came, status, body) => {
    outcome = came;
    const answer = await send({ inbox: '/b', path: odd });
    expect([answer.status, await answer.json()]).toEqual([status, body]);
    expect(asked).toEqual([{ kind: 'take-inbox-file', inbox: '/b', path: odd }]);
  });

  it('what cannot be done is a problem that says why', async () => {
    outcome = { kind: 'failed', why: 'take a: it is empty' };
    const answer = await send({ inbox: '/b', path: 'a' });
    expect(answer.status).toBe(409);
    expect(answer.headers.get('content-type')).toBe('application/problem+json');
    expect(await answer.json()).toMatchObject({ detail: 'take a: it is empty' });
  });

  it('otherwise than in JSON, as a page elsewhere could, is refused', async () => {
    const body = JSON.stringify({ inbox: '/b', path: 'a' });
    for (const type of ['text/plain', 'application/x-www-form-urlencoded', 'multipart/form-data']) {
      const headers = { 'Content-Type': type, origin: 'http://evil.test' };
      expect((await post(body, headers, '/api/v1/inbox/take')).status).toBe(403);
      expect((await post(body, { 'Content-Type': type }, '/api/v1/inbox/take')).status).toBe(400);
    }
    expect((await send('no file')).status).toBe(400);
    expect((await send({ inbox: '/c', path: 'a' })).status).toBe(400);
    expect(asked).toEqual([]);
  });
});
