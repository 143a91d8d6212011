import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { type SeededApp, seedApp } from '#tests/web/seeded-app.ts';

let seeded: SeededApp;

beforeEach(async () => {
  seeded = await seedApp();
});
afterEach(() => seeded[Symbol.asyncDispose]());

describe('a request to a host', () => {
  it.each([
    ['localhost', 200],
    ['localhost:3210', 200],
    ['LOCALHOST:80', 200],
    ['localhost.', 200],
    ['127.0.0.1:3210', 200],
    ['[::1]', 200],
    ['[::1]:3210', 200],
    ['Tower:3210', 200],
    ['evil.test', 421],
    ['localhost.evil.test', 421],
    ['evil.test:3210', 421],
    ['localhost@evil.test', 421],
    ['127.0.0.2', 421],
    ['[::2]:3210', 421],
  ])('%s is answered with %d, whatever it asks for', async (host, status) => {
    for (const path of ['/', '/healthz', '/api/v1/summary', '/assets/page.css', '/nothing']) {
      const answer = await seeded.app.request(path, { headers: { host } });
      expect(answer.status, path).toBe(status === 200 && path === '/nothing' ? 404 : status);
    }
  });

  it('that is foreign in its address alone is refused too', async () => {
    expect((await seeded.app.request('http://evil.test/', { headers: { host: 'localhost' } })).status).toBe(
      421,
    );
    expect((await seeded.app.request('http://evil.test/')).status).toBe(421);
  });
});

describe('every answer', () => {
  it.each(['/', '/healthz', '/api/v1/summary', '/assets/page.css', '/nothing', '/videos/nobody'])(
    'to %s says that nothing but our own files may run or be framed',
    async (path) => {
      const { headers } = await seeded.app.request(path);
      const policy = headers.get('content-security-policy');
      expect(policy).toContain("default-src 'none'; script-src 'self'; style-src 'self'");
      expect(policy).toContain("frame-ancestors 'none'");
      expect(policy).not.toContain('unsafe');
      expect(headers.get('x-content-type-options')).toBe('nosniff');
      expect(headers.get('strict-transport-security')).toBeNull();
      expect(headers.get('access-control-allow-origin')).toBeNull();
    },
  );

  it('to a form from elsewhere is a refusal', async () => {
    const form = { method: 'POST', body: new URLSearchParams({ a: '1' }) };
    const foreign = { ...form, headers: { origin: 'http://evil.test' } };
    expect((await seeded.app.request('/', foreign)).status).toBe(403);
    expect((await seeded.app.request('/', form)).status).toBe(403);
  });
});
