import { createHash } from 'node:crypto';
import { readFileSync } from 'node:fs';

export interface Asset {
  readonly body: Uint8Array<ArrayBuffer>;
  readonly type: string;
  /** Of its content: another content has another address. */
  readonly hash: string;
}

const script = 'text/javascript; charset=utf-8';
const own = (name: string) => new URL(`../../views/static/${name}`, import.meta.url).href;

/** In this order: what comes later wins. The browser gets them as one. */
const styles = ['frame', 'verdict', 'arriving', 'videos', 'video'].map((name) => own(`page/${name}.css`));

/** The only files there are, each of one or more pieces: no path from outside ever reaches the disk. */
const sources: Readonly<Record<string, readonly [urls: readonly string[], type: string]>> = {
  'page.css': [styles, 'text/css; charset=utf-8'],
  'page.js': [[own('page.js')], script],
  'icon.svg': [[own('icon.svg')], 'image/svg+xml'],
  'htmx.min.js': [[import.meta.resolve('htmx.org/dist/htmx.min.js')], script],
  'hx-sse.min.js': [[import.meta.resolve('htmx.org/dist/ext/hx-sse.min.js')], script],
};

/** Reads the page's own files into memory, by name. */
export function loadAssets(): ReadonlyMap<string, Asset> {
  return new Map(
    Object.entries(sources).map(([name, [urls, type]]) => {
      const body = new Uint8Array(Buffer.concat(urls.map((url) => readFileSync(new URL(url)))));
      return [name, { body, type, hash: createHash('sha256').update(body).digest('hex').slice(0, 16) }];
    }),
  );
}
