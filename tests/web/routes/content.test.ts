import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { ReelholdError } from '#core/errors.ts';
import { type SeededApp, seedApp } from '#tests/web/seeded-app.ts';

const bytes = Buffer.from('0123456789abcdefghijklmnopqrstuvwxyz');
const address = '/api/v1/versions/film-v1/content';

let seeded: SeededApp;
let etag: string;

beforeEach(async () => {
  seeded = await seedApp();
  const film = seeded.addVideo({
    id: 'film',
    title: 'film',
    versions: [{ bytes, ext: 'mov', name: 'Fête.mov' }],
  });
  etag = `"${film.versions[0]?.digest}"`;
});
afterEach(() => seeded[Symbol.asyncDispose]());

const ask = (headers: Record<string, string> = {}, path = address, method = 'GET') =>
  seeded.app.request(path, { headers, method });

describe('a version’s content', () => {
  it('comes whole, with all that a player needs to know', async () => {
    const answer = await ask();
    expect(answer.status).toBe(200);
    expect(await answer.text()).toBe(bytes.toString());
    expect(Object.fromEntries(answer.headers)).toMatchObject({
      'accept-ranges': 'bytes',
      'content-length': '36',
      'content-type': 'video/quicktime',
      'content-security-policy': 'sandbox',
      'x-content-type-options': 'nosniff',
      'content-disposition': `inline; filename="F_te.mov"; filename*=UTF-8''F%C3%AAte.mov`,
      etag,
    });
  });

  it.each([
    ['bytes=0-9', '0123456789', 'bytes 0-9/36'],
    ['bytes=30-', 'uvwxyz', 'bytes 30-35/36'],
    ['bytes=-4', 'wxyz', 'bytes 32-35/36'],
    ['bytes=35-99', 'z', 'bytes 35-35/36'],
  ])('of %s is that part', async (range, text, contentRange) => {
    const answer = await ask({ Range: range });
    expect(answer.status).toBe(206);
    expect(await answer.text()).toBe(text);
    expect(answer.headers.get('content-range')).toBe(contentRange);
    expect(answer.headers.get('content-length')).toBe(String(text.length));
    expect(answer.headers.get('etag')).toBe(etag);
  });

  it('beyond its end is refused, and says how long it is', async () => {
    const answer = await ask({ Range: 'bytes=36-' });
    expect(answer.status).toBe(416);
    expect(answer.headers.get('content-range')).toBe('bytes */36');
    expect(seeded.content.reads).toBe(0);
  });

  it('of several parts comes whole', async () => {
    const answer = await ask({ Range: 'bytes=0-1,4-5' });
    expect(answer.status).toBe(200);
    expect(await answer.text()).toBe(bytes.toString());
  });

  it('of a part of another file comes whole', async () => {
    expect((await ask({ Range: 'bytes=0-9', 'If-Range': '"other"' })).status).toBe(200);
    expect((await ask({ Range: 'bytes=0-9', 'If-Range': etag })).status).toBe(206);
  });

  it('that the asker has already is not sent again', async () => {
    const answer = await ask({ 'If-None-Match': etag, Range: 'bytes=0-9' });
    expect(answer.status).toBe(304);
    expect(answer.headers.get('etag')).toBe(etag);
    expect(await answer.text()).toBe('');
    expect((await ask({ 'If-Match': '"other"' })).status).toBe(412);
    expect(seeded.content.reads).toBe(0);
  });

  it('asked for by HEAD opens nothing, and says the same of the whole', async () => {
    const answer = await ask({ Range: 'bytes=0-9' }, address, 'HEAD');
    expect(answer.status).toBe(200);
    expect(answer.headers.get('content-length')).toBe('36');
    expect(answer.headers.get('accept-ranges')).toBe('bytes');
    expect(await answer.text()).toBe('');
    expect(seeded.content.reads).toBe(0);
  });

  it('is a download under its own name where it is asked for as one', async () => {
    const answer = await ask({}, `${address}?download=1`);
    expect(answer.headers.get('content-disposition')).toMatch(/^attachment; /);
    await answer.body?.cancel();
  });

  it('is closed when the asker goes away in the middle', async () => {
    const answer = await ask();
    const reader = answer.body?.getReader();
    await reader?.read();
    expect(seeded.content.open).toBe(1);
    await reader?.cancel();
    expect(seeded.content.open).toBe(0);
  });

  it('that cannot be reached is an error before anything is sent', async () => {
    seeded.content.failure = new ReelholdError(
      { kind: 'unreachable', operation: 'read', object: 'x' },
      'the drive is not connected',
    );
    const answer = await ask();
    expect(answer.status).toBe(503);
    expect(answer.headers.get('content-type')).toBe('application/problem+json');
    expect(await answer.json()).toMatchObject({ status: 503, title: 'Service Unavailable' });
    expect(seeded.logged.join()).toContain('the drive is not connected');
  });

  it.each([
    ['/api/v1/versions/nobody/content', 404],
    [`${address}?download=yes`, 400],
    [`${address}?range=1`, 400],
  ])('at %s is a problem with status %d', async (path, status) => {
    const answer = await ask({}, path);
    expect(answer.status).toBe(status);
    expect(answer.headers.get('content-type')).toBe('application/problem+json');
    expect(await answer.json()).toMatchObject({ type: 'about:blank', status });
  });
});
