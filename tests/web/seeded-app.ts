import { createHash, randomUUID } from 'node:crypto';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Hono } from 'hono';
import { openForReading, openForWriting } from '#catalogue/database.ts';
import { createQueries } from '#catalogue/queries.ts';
import { createTransactor } from '#catalogue/transactor.ts';
import type { CopyState } from '#core/assess.ts';
import type { Damage } from '#core/damage.ts';
import { type Digest, digestOfHex } from '#core/digest.ts';
import type { JournalRecord } from '#core/journal-record.ts';
import type { Catalogue } from '#core/ports/catalogue.ts';
import type { Content } from '#core/ports/content.ts';
import type { Log } from '#core/ports/log.ts';
import type { MediaFacts } from '#core/ports/media.ts';
import { segmentOf } from '#tests/support/records.ts';
import { createApp, type WebDeps } from '#web/app.ts';

/** The time at which all of it happens: 22 Nov 2026, 14:00 in Berlin. */
export const nowMs = Date.UTC(2026, 10, 22, 13);

export interface SeedVersion {
  readonly bytes?: Uint8Array;
  readonly name?: string;
  readonly ext?: string;
  readonly sizeBytes?: number;
  readonly takenAtMs?: number;
  readonly damaged?: Damage;
  readonly media?: Partial<MediaFacts> | 'unreadable';
  readonly poster?: Uint8Array;
  readonly copy?: { readonly state: CopyState; readonly provenAtMs: number | null };
}

export interface SeededApp extends AsyncDisposable {
  readonly app: Hono;
  readonly catalogue: Catalogue;
  readonly content: MemoryContent;
  /** What was logged as warning or error. */
  readonly logged: string[];
  addVideo(video: { id?: string; title: string; versions: readonly SeedVersion[] }): {
    readonly id: string;
    readonly versions: readonly { readonly id: string; readonly digest: Digest }[];
  };
}

/** An app over a real catalogue in a temporary folder, with bytes in memory. */
export async function seedApp(changed: Partial<WebDeps> = {}): Promise<SeededApp> {
  const dir = await mkdtemp(join(tmpdir(), 'reelhold-web-'));
  const file = join(dir, 'catalogue.sqlite');
  const writing = openForWriting(file);
  const reading = openForReading(file);
  if (reading === null) throw new Error('the catalogue was not made');
  const catalogue = createTransactor(writing);
  const content = new MemoryContent();
  const logged: string[] = [];
  const clock = changed.nowMs ?? (() => nowMs);
  const app = createApp({
    queries: createQueries(reading, clock),
    content,
    trouble: () => null,
    basePath: '',
    allowedHosts: ['localhost', '127.0.0.1', '::1', 'tower'],
    version: '0.1.0',
    inboxes: ['/data/inbox'],
    commands: { run: async () => ({ kind: 'working' }) },
    timeZone: 'Europe/Berlin',
    nowMs: clock,
    log: listLog(logged),
    ...changed,
  });
  seedPlaces(catalogue);
  let seq = 0;
  return {
    app,
    catalogue,
    content,
    logged,
    addVideo({ id = randomUUID(), title, versions }) {
      const stamp = () => {
        seq += 1;
        return { seq, writer: 'writer', at: new Date(clock()).toISOString() };
      };
      const folder = `2026/2026-11-22 ${id}`;
      const records: JournalRecord[] = [{ kind: 'video', video: id, title, folder, ...stamp() }];
      const made = versions.map((version, index) => {
        const bytes = version.bytes ?? Buffer.from(`${id} ${index}`);
        const digest = digestOfHex(createHash('sha256').update(bytes).digest('hex'));
        const versionId = `${id}-v${index + 1}`;
        const ext = version.ext ?? 'mp4';
        records.push({
          kind: 'version',
          version: versionId,
          video: id,
          number: index + 1,
          digest,
          sizeBytes: version.sizeBytes ?? bytes.length,
          ext,
          name: version.name ?? `${title}.${ext}`,
          role: 'master',
          how: 'taken',
          ...(version.damaged === undefined ? {} : { damaged: version.damaged }),
          ...stamp(),
          at: new Date(version.takenAtMs ?? clock()).toISOString(),
        });
        content.blobs.set(digest, bytes);
        return { id: versionId, digest, version };
      });
      catalogue.together(() => {
        catalogue.archive.apply(segmentOf(records));
        for (const { digest, version } of made) seedFacts(catalogue, content, digest, version);
      });
      return { id, versions: made };
    },
    async [Symbol.asyncDispose]() {
      reading[Symbol.dispose]();
      writing[Symbol.dispose]();
      await rm(dir, { recursive: true });
    },
  };
}

/** One place: this NAS, as long as there are no others. */
function seedPlaces(catalogue: Catalogue): void {
  const place = {
    location: 'vault',
    medium: 'nas',
    awayFromHome: false,
    promiseMs: 90 * 86_400_000,
  } as const;
  catalogue.notes.setCondition('places', { places: [place] }, nowMs);
}

function seedFacts(catalogue: Catalogue, content: MemoryContent, digest: Digest, version: SeedVersion): void {
  const { media, poster, copy = { state: 'present', provenAtMs: nowMs - 3_600_000 } } = version;
  catalogue.archive.setCopy({ digest, location: 'vault', listedAtMs: nowMs, ...copy });
  if (poster !== undefined) content.posters.set(digest, poster);
  if (media === 'unreadable') catalogue.media.setProblem(digest, 'unreadable');
  else if (media !== undefined) {
    catalogue.media.setFacts(digest, { ...noFacts, ...media }, poster !== undefined);
  }
}

const noFacts: MediaFacts = {
  container: 'mp4',
  durationMs: null,
  width: null,
  height: null,
  rotationDegrees: null,
  videoCodec: null,
  audioCodec: null,
  frameRate: null,
  recordedAtMs: null,
};

/** Bytes by digest; each read comes in pieces, and counts as open until it ends or is broken off. */
export class MemoryContent implements Content {
  readonly blobs = new Map<Digest, Uint8Array>();
  readonly posters = new Map<Digest, Uint8Array>();
  failure: Error | null = null;
  open = 0;
  reads = 0;
  pieceBytes = 7;

  async *readBlob(
    ref: { digest: Digest },
    range: { start: number; end: number },
  ): AsyncGenerator<Uint8Array> {
    this.reads += 1;
    this.open += 1;
    try {
      if (this.failure !== null) throw this.failure;
      const bytes = this.blobs.get(ref.digest)?.subarray(range.start, range.end + 1) ?? new Uint8Array();
      for (let at = 0; at < bytes.length; at += this.pieceBytes)
        yield bytes.subarray(at, at + this.pieceBytes);
    } finally {
      this.open -= 1;
    }
  }

  async readPoster({ digest }: { digest: Digest }): Promise<Uint8Array | null> {
    return this.posters.get(digest) ?? null;
  }
}

function listLog(list: string[]): Log {
  const keep = (facts: object, message: string) => {
    list.push(`${message} ${JSON.stringify(facts)}`);
  };
  return { debug: () => {}, info: () => {}, warn: keep, error: keep };
}
