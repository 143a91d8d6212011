import { Hono } from 'hono';
import { describe, expect, it } from 'vitest';
import { until } from '#tests/support/until.ts';
import { nowMs, seedApp } from '#tests/web/seeded-app.ts';
import { serveApp } from '#web/server.ts';

const host = '127.0.0.1';

/** Reads a stream until it has said all of the words. */
async function readUntil(reader: ReadableStreamDefaultReader<string>, ...words: string[]): Promise<string> {
  let text = '';
  while (!words.every((word) => text.includes(word))) {
    const { done, value } = await reader.read();
    if (done) throw new Error(`the stream ended after ${JSON.stringify(text)}`);
    text += value;
  }
  return text;
}

async function openEvents(port: number) {
  const leaving = new AbortController();
  const answer = await fetch(`http://${host}:${port}/events`, { signal: leaving.signal });
  const reader = answer.body?.pipeThrough(new TextDecoderStream()).getReader();
  if (reader === undefined) throw new Error('no stream');
  return { answer, reader, leave: () => leaving.abort() };
}

describe('the event stream', () => {
  it('names every region at first, and then those that changed', async () => {
    await using seeded = await seedApp({ nowMs: () => Date.now() });
    await using served = await serveApp(seeded.app, { host, port: 0 });
    const { answer, reader, leave } = await openEvents(served.port);
    expect(answer.headers.get('content-type')).toContain('text/event-stream');
    const first = await readUntil(reader, 'event: verdict', 'event: arriving', 'event: videos');
    expect(first).not.toContain('undefined');
    seeded.catalogue.sightings.see(
      {
        inbox: 'inbox',
        path: 'secret name.mp4',
        sizeBytes: 1,
        fingerprint: '',
        state: 'settling',
        reason: null,
      },
      nowMs,
    );
    const second = await readUntil(reader, 'event: arriving');
    expect(second).not.toContain('event: videos');
    expect(second).not.toContain('secret');
    seeded.addVideo({ title: 'v', versions: [{}] });
    await readUntil(reader, 'event: verdict', 'event: videos');
    leave();
  });

  it('ends at once when the server does', async () => {
    await using seeded = await seedApp();
    const served = await serveApp(seeded.app, { host, port: 0 });
    const { reader } = await openEvents(served.port);
    await readUntil(reader, 'event: videos');
    const startedMs = performance.now();
    await served[Symbol.asyncDispose]();
    // Not only when a heartbeat finds nobody there any more.
    expect(performance.now() - startedMs).toBeLessThan(15_000);
    await expect(readUntil(reader, 'more')).rejects.toThrow();
  });

  it('is not opened by a HEAD request', async () => {
    await using seeded = await seedApp();
    const answer = await seeded.app.request('/events', { method: 'HEAD' });
    expect(answer.status).toBe(200);
    expect(await answer.text()).toBe('');
  });
});

describe('the server', () => {
  it('closes what it reads from when the reader goes away', async () => {
    await using seeded = await seedApp();
    seeded.content.pieceBytes = 64 * 1024;
    seeded.addVideo({ id: 'big', title: 'big', versions: [{ bytes: Buffer.alloc(64 * 1024 * 1024, 1) }] });
    await using served = await serveApp(seeded.app, { host, port: 0 });
    const leaving = new AbortController();
    const url = `http://${host}:${served.port}/api/v1/versions/big-v1/content`;
    const answer = await fetch(url, { signal: leaving.signal });
    await answer.body?.getReader().read();
    expect(seeded.content.open).toBe(1);
    leaving.abort();
    await until('it is closed', () => seeded.content.open === 0);
  });

  it('says which port is taken, and what to do', async () => {
    const app = new Hono();
    await using served = await serveApp(app, { host, port: 0 });
    await expect(serveApp(app, { host, port: served.port })).rejects.toMatchObject({
      name: 'ReelholdError',
      kind: 'busy',
      message: expect.stringContaining(`port ${served.port}`),
      hint: expect.stringContaining('REELHOLD_PORT'),
    });
  });

  it('says so where the machine does not have the address', async () => {
    await expect(serveApp(new Hono(), { host: '192.0.2.1', port: 0 })).rejects.toMatchObject({
      kind: 'missing',
      hint: expect.stringContaining('REELHOLD_HOST'),
    });
  });
});
