import type { Hono } from 'hono';
import { digestOfHex } from '#core/digest.ts';
import type { Content } from '#core/ports/content.ts';
import type { Asset } from '#web/assets.ts';
import { NotFoundError } from '#web/problem.ts';

const forEver = 'private, max-age=31536000, immutable';

/** The page's own files, and the stills of videos. */
export function addFiles(app: Hono, assets: ReadonlyMap<string, Asset>, content: Content): void {
  app.get('/assets/:name', (c) => {
    const asset = assets.get(c.req.param('name'));
    if (asset === undefined) throw new NotFoundError('There is no such file.');
    const etag = `"${asset.hash}"`;
    const headers = {
      ETag: etag,
      'Cache-Control': c.req.query('v') === asset.hash ? forEver : 'no-cache',
    };
    if (c.req.header('If-None-Match') === etag) return c.body(null, 304, headers);
    return c.body(asset.body, 200, { ...headers, 'Content-Type': asset.type });
  });

  app.get('/posters/:file{[0-9a-f]+\\.webp}', async (c) => {
    const hex = /^([0-9a-f]{64})\.webp$/.exec(c.req.param('file'))?.[1];
    const bytes = hex === undefined ? null : await content.readPoster({ digest: digestOfHex(hex), ext: '' });
    if (bytes === null) throw new NotFoundError('There is no such picture.');
    // A still is of bytes that never change.
    return c.body(new Uint8Array(bytes), 200, { 'Content-Type': 'image/webp', 'Cache-Control': forEver });
  });
}
