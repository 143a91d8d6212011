import { Hono } from 'hono';
import { describe, expect, it } from 'vitest';
import { until } from '#tests/support/until.ts';
import type { Live, RegionName } from '#web/live.ts';
import { addEvents } from '#web/routes/events.ts';
import { serveApp } from '#web/server.ts';

class HandLive implements Live {
  readonly listeners = new Set<(names: readonly RegionName[]) => void>();

  subscribe(onChange: (names: readonly RegionName[]) => void): () => void {
    this.listeners.add(onChange);
    return () => this.listeners.delete(onChange);
  }
}

async function open(live: Live) {
  const app = new Hono();
  addEvents(app, live);
  const served = await serveApp(app, { host: '127.0.0.1', port: 0 });
  const leaving = new AbortController();
  const answer = await fetch(`http://127.0.0.1:${served.port}/events`, { signal: leaving.signal });
  const reader = answer.body?.pipeThrough(new TextDecoderStream()).getReader();
  return { served, reader, leave: () => leaving.abort() };
}

describe('an event stream', () => {
  it('is watched for only while somebody reads it', async () => {
    const live = new HandLive();
    const { served, reader, leave } = await open(live);
    await reader?.read();
    expect(live.listeners.size).toBe(1);
    leave();
    await until('nobody listens', () => live.listeners.size === 0);
    await served[Symbol.asyncDispose]();
  });

  it('is left when the server ends', async () => {
    const live = new HandLive();
    const { served, reader } = await open(live);
    await reader?.read();
    await served[Symbol.asyncDispose]();
    await until('nobody listens', () => live.listeners.size === 0);
  });

  it('names a region once, however often it changed meanwhile', async () => {
    const live = new HandLive();
    const { served, reader, leave } = await open(live);
    let text = '';
    while (!text.includes('event: videos')) text += (await reader?.read())?.value ?? '';
    for (let n = 0; n < 100; n += 1) for (const tell of live.listeners) tell(['arriving']);
    for (const tell of live.listeners) tell(['verdict']);
    text = '';
    while (!text.includes('event: verdict')) text += (await reader?.read())?.value ?? '';
    expect(text.match(/event: arriving/g)).toHaveLength(1);
    leave();
    await served[Symbol.asyncDispose]();
  });
});
