import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { type SeededApp, seedApp } from '#tests/web/seeded-app.ts';

let seeded: SeededApp;

beforeEach(async () => {
  seeded = await seedApp();
});
afterEach(() => seeded[Symbol.asyncDispose]());

describe('the page’s own files', () => {
  it.each([
    ['page.css', 'text/css; charset=utf-8'],
    ['page.js', 'text/javascript; charset=utf-8'],
    ['htmx.min.js', 'text/javascript; charset=utf-8'],
    ['hx-sse.min.js', 'text/javascript; charset=utf-8'],
    ['icon.svg', 'image/svg+xml'],
  ])('%s is there, and may be kept under the address the page gives', async (name, type) => {
    const page = await (await seeded.app.request('/')).text();
    const address = new RegExp(`"(/assets/${name}\\?v=[0-9a-f]+)"`).exec(page)?.[1] ?? '';
    const answer = await seeded.app.request(address);
    expect(answer.status).toBe(200);
    expect(answer.headers.get('content-type')).toBe(type);
    expect(answer.headers.get('cache-control')).toContain('immutable');
    expect((await answer.arrayBuffer()).byteLength).toBeGreaterThan(100);
  });

  it('are asked for again under any other address', async () => {
    const answer = await seeded.app.request('/assets/page.css?v=old');
    expect(answer.headers.get('cache-control')).toBe('no-cache');
    const etag = answer.headers.get('etag') ?? '';
    const again = await seeded.app.request('/assets/page.css', { headers: { 'If-None-Match': etag } });
    expect(again.status).toBe(304);
  });

  it.each([
    '/assets/',
    '/assets/package.json',
    '/assets/..%2fpage.css',
    '/assets/../../package.json',
    '/assets/constructor',
  ])('are the only ones: %s is not there', async (path) => {
    expect((await seeded.app.request(path)).status).toBe(404);
  });
});

describe('a still', () => {
  it('is found by the digest of its video, and kept for ever', async () => {
    const { versions } = seeded.addVideo({
      title: 'v',
      versions: [{ poster: Buffer.from('webp'), media: {} }],
    });
    const hex = versions[0]?.digest.slice('sha256:'.length);
    const answer = await seeded.app.request(`/posters/${hex}.webp`);
    expect(answer.status).toBe(200);
    expect(answer.headers.get('content-type')).toBe('image/webp');
    expect(answer.headers.get('cache-control')).toContain('immutable');
    expect(await answer.text()).toBe('webp');
  });

  it.each([
    `/posters/${'0'.repeat(64)}.webp`,
    '/posters/abc.webp',
    '/posters/..%2f..%2fx.webp',
    '/posters/x.png',
  ])('at %s is not there, and may come later', async (path) => {
    const answer = await seeded.app.request(path);
    expect(answer.status).toBe(404);
    expect(answer.headers.get('cache-control') ?? '').not.toContain('immutable');
  });
});

describe('the health check', () => {
  it('answers without asking anybody', async () => {
    await using broken = await seedApp({
      queries: new Proxy({} as never, { get: () => () => Promise.reject(new Error('asked')) }),
    });
    const answer = await broken.app.request('/healthz');
    expect(answer.status).toBe(200);
    expect(await answer.json()).toEqual({ status: 'ok' });
  });
});
